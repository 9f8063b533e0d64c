"""What end-to-end tests start from: a server in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes import ServerProcess
from tests.end_to_end.watched import COMPLAINT


@pytest.fixture
def server_process(tmp_path: Path) -> Iterator[ServerProcess]:
    """A started server, whose answers and events are held against its documents."""
    server = ServerProcess(tmp_path, program="tests.end_to_end.watched")
    server.start()
    yield server
    server.stop()
    complaints = [line for line in (tmp_path / "server.log").read_text().splitlines() if line.startswith(COMPLAINT)]
    assert not complaints, "\n".join(complaints)
