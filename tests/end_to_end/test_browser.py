"""Two windows of a real Chromium hold a whole conversation on a real server; ``browser.mjs`` is the story."""

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.processes import ServerProcess


@needs_chromium
@pytest.mark.timeout(400)
def test_two_windows_hold_a_whole_conversation_through_a_killed_server(server_process: ServerProcess) -> None:
    wishes = {"kill": server_process.kill, "restart": server_process.start}
    play(HERE / "browser.mjs", server_process.url, wishes=wishes)
