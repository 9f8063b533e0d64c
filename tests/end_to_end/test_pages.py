"""Each page of the web client in a real Chromium on a real server; the stories are ``pages/*.mjs``."""

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.processes import ServerProcess

PAGES = HERE / "pages"

pytestmark = [needs_chromium, pytest.mark.timeout(120)]


def test_notifications_arrive_at_once_and_are_read_in_both_tabs(server_process: ServerProcess) -> None:
    play(PAGES / "notifications.mjs", server_process.url, wishes={})
