"""How the web client loads, rings and keeps what is unsent, in a real Chromium; the stories are ``pages/*.mjs``."""

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.processes import ServerProcess

PAGES = HERE / "pages"

pytestmark = [needs_chromium, pytest.mark.timeout(180)]


def test_the_page_is_there_soon_and_steadily_and_asks_no_other_host(server_process: ServerProcess) -> None:
    play(PAGES / "loading.mjs", server_process.url, wishes={})


def test_the_browser_rings_for_a_hidden_page_when_one_wants_it_to(server_process: ServerProcess) -> None:
    play(PAGES / "ringing.mjs", server_process.url, wishes={})


def test_what_was_written_without_a_server_is_sent_once(server_process: ServerProcess) -> None:
    wishes = {"kill": server_process.kill, "restart": server_process.start}
    play(PAGES / "unsent.mjs", server_process.url, wishes=wishes)
