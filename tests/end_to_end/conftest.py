"""What end-to-end tests start from: a server in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes import ServerProcess


@pytest.fixture
def server_process(tmp_path: Path) -> Iterator[ServerProcess]:
    """A started server."""
    server = ServerProcess(tmp_path)
    server.start()
    yield server
    server.stop()
