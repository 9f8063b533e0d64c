"""The Socket.IO client that the page loads is the official one, byte for byte."""

from pathlib import Path

import pytest

from tests.end_to_end.chromium import MODULES

VENDOR = Path(__file__).parents[2] / "chatsrv" / "web" / "vendor"
PACKAGE = MODULES / "socket.io-client"


@pytest.mark.skipif(not PACKAGE.is_dir(), reason="there is no socket.io-client from npm")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("socket.io.min.js", "dist/socket.io.min.js"), ("LICENSE", "LICENSE")],
    ids=["script", "licence"],
)
def test_the_vendored_client_is_the_one_of_the_npm_package(ours: str, theirs: str) -> None:
    assert (VENDOR / ours).read_bytes() == (PACKAGE / theirs).read_bytes()
