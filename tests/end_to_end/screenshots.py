"""``python -m tests.end_to_end.screenshots [FOLDER]``: the README's pictures, taken anew of what the page is now."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.end_to_end.chromium import HERE, play
from tests.end_to_end.processes import ROOT, ServerProcess


def take(folder: Path) -> None:
    """Leave the pictures of a server of their own in the folder."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(
            [sys.executable, "-m", "chatsrv", "user", "create", "vera", "--role", "teacher"],
            input="Teacher-word-1\n",
            env=os.environ | {"CHATSRV_DATA": f"{place}/data"},
            cwd=ROOT,
            text=True,
            check=True,
            capture_output=True,
        )
        server = ServerProcess(Path(place))
        server.start()
        try:
            play(HERE / "pages" / "screenshots.mjs", server.url, wishes={}, pictures=folder)
        finally:
            server.stop()


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs").resolve())
