"""``python -m tests.end_to_end.screenshots [FOLDER]``: the README's pictures, taken anew of what the page is now."""

import sys
import tempfile
from pathlib import Path

from tests.end_to_end.chromium import HERE, play
from tests.end_to_end.commands import create_staff
from tests.end_to_end.processes import ROOT, ServerProcess


def take(folder: Path) -> None:
    """Leave the pictures of a server of their own in the folder."""
    with tempfile.TemporaryDirectory() as place:
        create_staff(Path(place) / "data", vera="teacher")
        with ServerProcess(Path(place)) as server:
            play(HERE / "pages" / "screenshots.mjs", server.url, wishes={}, pictures=folder)


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs").resolve())
