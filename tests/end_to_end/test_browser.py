"""Two windows of a real Chromium hold a whole conversation on a real server; ``browser.mjs`` is the story."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.processes import ServerProcess

HERE = Path(__file__).parent
MODULES = Path(os.environ.get("CHATSRV_NODE_MODULES", HERE.parent / "node_modules"))
CHROMIUM = os.environ.get("CHATSRV_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
SCREENSHOTS = Path(os.environ.get("CHATSRV_SCREENSHOTS", HERE / "screenshots"))


def missing() -> str:
    """Name what this machine lacks, "" when the story can be played."""
    if shutil.which("node") is None:
        return "node"
    if not CHROMIUM:
        return "chromium"
    return "" if (MODULES / "playwright-core").is_dir() else f"playwright-core in {MODULES.name}"


@pytest.mark.skipif(bool(missing()), reason=f"there is no {missing()}")
@pytest.mark.timeout(240)
def test_two_windows_hold_a_whole_conversation_through_a_killed_server(server_process: ServerProcess) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    story = subprocess.Popen(
        ["node", str(HERE / "browser.mjs"), server_process.url, str(SCREENSHOTS)],
        env=os.environ | {"CHATSRV_NODE_MODULES": str(MODULES), "CHATSRV_CHROMIUM": CHROMIUM},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told = play(story, server_process)
        assert story.wait() == 0, told
    finally:
        story.terminate()
        story.communicate()


def play(story: "subprocess.Popen[str]", server: ServerProcess) -> str:
    """Do what the story asks for until it ends; returns all that it told."""
    assert story.stdin is not None
    assert story.stdout is not None
    wishes = {"please: kill\n": server.kill, "please: restart\n": server.start}
    told = ""
    for line in story.stdout:
        told += line
        if line in wishes:
            wishes[line]()
            story.stdin.write("\n")
            story.stdin.flush()
    return told
