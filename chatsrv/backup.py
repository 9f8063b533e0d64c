"""``chatsrv backup``, ``export``, ``restore`` and ``import``: everything into one file, and out of it.

A backup is an export of one state, made beside the server that runs; its file may be brought into any storage.
"""

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from chatsrv.app import files_of, storage_of
from chatsrv.config import Config
from chatsrv.services import COLLECTIONS, KINDS
from chatsrv.transfer import Transfer
from storage import open_beside
from storage.base import Storage
from storage.files import Files
from storage.folder_files import FolderFiles
from storage.folder_links import link_all

_STAGE = "backup-"


async def back_up(config: Config, path: Path) -> int:
    """Write everything to a new file and return how many things that were; whoever writes is not held up.

    All that was answered before is in it. Of SQLite it is the state of one moment; MongoDB goes on changing meanwhile,
    and each thing is as it was when its turn came. Raises ValueError when the file is there already, Unavailable.
    """
    path.with_name(f"{path.name}.part").unlink(missing_ok=True)
    if config.storage_url.startswith("sqlite:"):
        async with _snapshot(config) as (storage, files):
            return await Transfer(storage, files, COLLECTIONS).write(path)
    async with _opened(storage_of(config), files_of(config)) as (storage, files):
        return await Transfer(storage, files, COLLECTIONS).write(path, changing=True)


async def carry_out(config: Config, path: Path) -> int:
    """Write everything to a new file, going on if it was cut off, and return how many things that were.

    Raises ValueError when the file is there already, or the database changed meanwhile; Unavailable.
    """
    async with _opened(storage_of(config), files_of(config)) as (storage, files):
        return await Transfer(storage, files, COLLECTIONS).write(path)


async def bring_back(config: Config, path: Path) -> int:
    """Bring everything of a file into an empty place, going on if it was cut off; return how many things that were.

    Its epoch is a new one: clients that had seen more than the backup has read anew. Raises ValueError, Unavailable.
    """
    async with _opened(storage_of(config), files_of(config)) as (storage, files):
        return await Transfer(storage, files, COLLECTIONS).read(path)


@asynccontextmanager
async def _snapshot(config: Config) -> AsyncIterator[tuple[Storage, Files]]:
    """Hold on to one state of a SQLite database and to the files that it names."""
    storage = open_beside(config.storage_url)
    with _stage(Path(config.data)) as stage:
        folder = Path(config.data) / "files"
        # Before and after: what the state names was there at one of the two, unless it lived for a moment only.
        await asyncio.to_thread(link_all, folder, stage)
        async with _opened(storage, FolderFiles(stage)) as opened:
            await asyncio.to_thread(link_all, folder, stage)
            yield opened


@contextmanager
def _stage(data: Path) -> Iterator[Path]:
    """Lend a folder on the files' own disk, to one backup at a time; what a killed one left is removed."""
    if not data.is_dir():
        raise ValueError(f"there is no data folder at {data}")
    with open(os.open(data / "backup.lock", os.O_CREAT | os.O_RDWR, 0o600), "rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ValueError("another backup is under way") from None
        for left in data.glob(f"{_STAGE}*/"):
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=_STAGE, dir=data) as folder:
            yield Path(folder)


@asynccontextmanager
async def _opened(storage: Storage, files: Files) -> AsyncIterator[tuple[Storage, Files]]:
    try:
        await storage.open(COLLECTIONS, KINDS)
        await files.open()
        yield storage, files
    finally:
        await files.close()
        await storage.close()
