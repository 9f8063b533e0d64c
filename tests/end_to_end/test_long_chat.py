"""A chat of a hundred thousand messages in a real Chromium; ``pages/long_chat.mjs`` is the story."""

from pathlib import Path

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.long_chat import fill
from tests.end_to_end.processes import ServerProcess

COUNT = 100_000


@needs_chromium
@pytest.mark.timeout(240)
def test_a_very_long_chat_scrolls_smoothly_with_few_nodes_in_the_page(
    tmp_path: Path, server_process: ServerProcess
) -> None:
    def fill_chat() -> None:
        server_process.stop()
        fill(tmp_path / "data" / "chatsrv.db", COUNT)
        server_process.start()

    play(HERE / "pages" / "long_chat.mjs", server_process.url, wishes={"fill": fill_chat})
