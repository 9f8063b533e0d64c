"""A real Chromium reads the page of all routes, under the server's own policy; ``docs.mjs`` is what it does."""

import os
import subprocess

import pytest

from tests.end_to_end.chromium import CHROMIUM, HERE, MODULES, SCREENSHOTS, missing
from tests.end_to_end.processes import ServerProcess


@pytest.mark.skipif(bool(missing()), reason=f"there is no {missing()}")
def test_the_page_shows_every_operation_and_asks_no_other_host(server_process: ServerProcess) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    told = subprocess.run(
        ["node", str(HERE / "docs.mjs"), f"{server_process.url}docs", str(SCREENSHOTS)],
        env=os.environ | {"CHATSRV_NODE_MODULES": str(MODULES), "CHATSRV_CHROMIUM": CHROMIUM},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
