"""A second name for every file of a folder, so that what is deleted meanwhile can still be read there."""

import os
import shutil
from contextlib import suppress
from pathlib import Path


def link_all(source: Path, target: Path) -> None:
    """Link those files of `FolderFiles` that are whole and not linked yet; takes no room where the disk has links."""
    # What is still coming in lies elsewhere than two letters deep.
    for file in source.glob("??/??/*"):
        name = target / file.relative_to(source)
        name.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # What is deleted at this moment need not be kept.
        with suppress(FileExistsError, FileNotFoundError):
            _link(file, name)


def _link(file: Path, name: Path) -> None:
    try:
        os.link(file, name)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        shutil.copyfile(file, name)
