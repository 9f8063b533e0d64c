"""Every page and dialog of the web client as axe-core and a keyboard find it; ``pages/access.mjs`` is the story."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.commands import create_staff
from tests.end_to_end.processes import ServerProcess


@pytest.fixture
def with_admin(tmp_path: Path) -> Iterator[str]:
    """The address of a server with an admin, who sees every page that there is."""
    create_staff(tmp_path / "data", vera="admin")
    with ServerProcess(tmp_path) as server:
        yield server.url


@needs_chromium
@pytest.mark.timeout(300)
def test_axe_finds_nothing_and_keys_lead_everywhere_on_every_page_in_every_look(with_admin: str) -> None:
    play(HERE / "pages" / "access.mjs", with_admin, wishes={})
