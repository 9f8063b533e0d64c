"""Bytes and order: the engines behind one small interface."""

from collections.abc import Sequence
from pathlib import Path

from storage.base import Collection, Kind, Storage
from storage.files import Files
from storage.folder_files import FolderFiles
from storage.inspection import Inspection

_SQLITE = "sqlite:///"


def open_engine(url: str, *, max_pending: int = 10_000, mongodb_driver: str = "motor") -> Storage:
    """Return the engine that the URL names, not yet open; its driver is imported only here.

    Takes ``sqlite:///path``, where ``max_pending`` bounds the writes that wait, and ``mongodb://…`` or
    ``mongodb+srv://…``, served through ``mongodb_driver``: motor or pymongo. Raises ValueError for anything else.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest != "/":
        from storage.sqlite import SqliteStorage

        return SqliteStorage(rest[1:], max_pending=max_pending)
    if scheme in ("mongodb", "mongodb+srv"):
        from storage.mongo import MongoStorage

        return MongoStorage(url, driver=mongodb_driver)
    raise ValueError(f"no storage engine for {scheme!r}: takes sqlite:///path or mongodb://host/database")


def open_beside(url: str, *, mongodb_driver: str = "motor") -> Storage:
    """Return what reads the database beside the processes that have it open, not yet open itself.

    Of SQLite it is a snapshot, that can be read only; MongoDB is the same for everyone.
    """
    if url.startswith(_SQLITE) and url != _SQLITE:
        from storage.sqlite_snapshot import SqliteSnapshot

        return SqliteSnapshot(url.removeprefix(_SQLITE))
    return open_engine(url, mongodb_driver=mongodb_driver)


async def inspect(
    url: str, collections: Sequence[Collection], kinds: Sequence[Kind], *, mongodb_driver: str = "motor"
) -> Inspection:
    """Look at the database that the URL names without changing it. Raises Unavailable when it can not be read."""
    if url.startswith(_SQLITE):
        from storage import sqlite_snapshot

        return sqlite_snapshot.inspect(Path(url.removeprefix(_SQLITE)), collections, kinds)
    from storage import mongo_inspection

    return await mongo_inspection.inspect(url, mongodb_driver, collections, kinds)


def open_files(url: str, folder: Path, *, mongodb_driver: str = "motor") -> Files:
    """Return where the engine that the URL names keeps files, not yet open: the folder, or GridFS beside MongoDB."""
    if url.partition("://")[0] in ("mongodb", "mongodb+srv"):
        from storage.mongo_files import MongoFiles

        return MongoFiles(url, driver=mongodb_driver)
    return FolderFiles(folder)
