"""What faults happen to: worlds of real processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.worlds import Pair, Single


@pytest.fixture
def single(tmp_path: Path) -> Iterator[Callable[..., Single]]:
    """Start servers on SQLite: ``single(push_ping_timeout_seconds="1")``."""
    started: list[Single] = []

    def start(**options: object) -> Single:
        folder = tmp_path / f"single{len(started)}"
        folder.mkdir(exist_ok=True)
        started.append(Single(folder, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers on MongoDB and Redis, for all tests of a file."""
    started = Pair(tmp_path_factory.mktemp("pair"))
    yield started
    started.close()
