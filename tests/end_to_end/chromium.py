"""Stories that a real Chromium plays on a real server; each is a module for Node, and says on its lines what it saw."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = Path(os.environ.get("CHATSRV_NODE_MODULES", HERE.parent / "node_modules"))
CHROMIUM = os.environ.get("CHATSRV_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
SCREENSHOTS = Path(os.environ.get("CHATSRV_SCREENSHOTS", HERE / "screenshots"))


def missing() -> str:
    """Name what this machine lacks, "" when a story can be played."""
    if shutil.which("node") is None:
        return "node"
    if not CHROMIUM:
        return "chromium"
    return "" if (MODULES / "playwright-core").is_dir() else f"playwright-core in {MODULES.name}"


needs_chromium = pytest.mark.skipif(bool(missing()), reason=f"there is no {missing()}")


def play(
    story: Path, *arguments: str, wishes: Mapping[str, Callable[[], object]], pictures: Path = SCREENSHOTS
) -> None:
    """Play the story to its end; what it asks for ("please: …") is done by ``wishes``. Fails when it saw otherwise."""
    pictures.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        ["node", str(story), *arguments],
        env=os.environ
        | {
            "CHATSRV_NODE_MODULES": str(MODULES),
            "CHATSRV_CHROMIUM": CHROMIUM,
            "CHATSRV_SCREENSHOTS": str(pictures),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told = _listen(process, wishes)
        assert process.wait() == 0, told
    finally:
        process.terminate()
        process.communicate()


def _listen(process: "subprocess.Popen[str]", wishes: Mapping[str, Callable[[], object]]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        wish = wishes.get(line.removeprefix("please: ").strip()) if line.startswith("please: ") else None
        if wish is not None:
            wish()
            process.stdin.write("\n")
            process.stdin.flush()
    return told
