"""The embedded engine: SQLite with one writer and group commit; reads go straight from the event loop.

A read of a page costs some tens of microseconds, less than handing it to a thread would. WAL with ``synchronous=FULL``:
what was answered survives a power cut. One writing connection in one process, because two that checkpoint at once can
lose data in SQLite before 3.51.3.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from storage import sqlite_entries as entries
from storage.base import Collection, Draft, Entry, Kind, Record, Storage, Stored, Survey, Unavailable
from storage.sqlite_records import Records
from storage.sqlite_schema import prepare
from storage.sqlite_search import Index
from storage.sqlite_searcher import Searcher
from storage.sqlite_writer import Writer
from storage.words import Wanted

Result = TypeVar("Result")

_STATEMENTS = 256
_WAL_BYTES = 64 * 1024 * 1024
_BUSY_MILLISECONDS = 5000
_MERGE_PAUSE_SECONDS = 0.02


class SqliteStorage(Storage):
    """One database file, and beside it a lock that keeps other processes away."""

    def __init__(self, path: str, *, max_pending: int = 10_000, search_seconds: float = 3.0) -> None:
        self._path = Path(path)
        self._max_pending = max_pending
        self._search_seconds = search_seconds
        self._epoch = ""
        self._records: dict[str, Records] = {}
        self._numbers = entries.Numbers()
        self._index = Index((), ())
        self._searcher: Searcher | None = None
        self._lock: IO[bytes] | None = None
        self._writer: Writer | None = None
        self._write_connection: sqlite3.Connection | None = None
        self._read_connection: sqlite3.Connection | None = None
        self._search_connection: sqlite3.Connection | None = None

    @property
    def epoch(self) -> str:
        return self._epoch

    @property
    def waiting(self) -> int:
        return self._writer.pending if self._writer else 0

    async def open(self, collections: Sequence[Collection], kinds: Sequence[Kind] = ()) -> None:
        if self._writer is not None:
            return
        self._index = Index(collections, kinds)
        try:
            writing, searching = self._open_file(collections)
        except Exception:
            await self.close()
            raise
        self._records = {collection.name: Records(collection) for collection in collections}
        self._numbers.forget()
        self._writer = Writer(writing, self._max_pending, _Chores(self._index, self._numbers))
        self._searcher = Searcher(searching, self._index, self._writer, self._search_seconds)

    def _open_file(self, collections: Sequence[Collection]) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        with translated():
            self._lock = _locked(self._path)
            self._write_connection = _connect(self._path, writable=True)
            self._epoch = prepare(self._write_connection, collections)
            self._index.prepare(self._write_connection)
            self._read_connection = _connect(self._path, writable=False)
            self._search_connection = _connect(self._path, writable=False)
        return self._write_connection, self._search_connection

    async def close(self) -> None:
        searcher, self._searcher = self._searcher, None
        if searcher is not None:
            await searcher.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.close()
        for resource in (self._search_connection, self._read_connection, self._write_connection, self._lock):
            if resource is not None:
                resource.close()
        self._search_connection = self._read_connection = self._write_connection = self._lock = None

    async def ping(self) -> None:
        self._read(lambda connection: connection.execute("SELECT 1").fetchone())

    async def insert(self, collection: str, record: Record) -> None:
        records = self._records[collection]

        def insert(connection: sqlite3.Connection) -> None:
            records.insert(connection, record)
            self._index.note(collection, record["id"], record)

        await self._writing.do(insert)

    async def get(self, collection: str, id: int | str) -> Record:
        return self._read(self._records[collection].get, id)

    async def find(
        self,
        collection: str,
        where: Mapping[str, Any],
        *,
        order: str = "id",
        descending: bool = True,
        after: tuple[Any, int | str] | None = None,
        skip: int = 0,
        limit: int = 25,
    ) -> list[Record]:
        return self._read(self._records[collection].find, where, order, descending, after, skip, limit)

    async def update(
        self, collection: str, id: int | str, changes: Mapping[str, Any], *, where: Mapping[str, Any] | None = None
    ) -> Record:
        records = self._records[collection]

        def change(connection: sqlite3.Connection) -> Record:
            record = records.update(connection, id, changes, where)
            self._index.note(collection, id, changes)
            return record

        return await self._writing.do(change)

    async def delete(self, collection: str, id: int | str) -> bool:
        records = self._records[collection]

        def remove(connection: sqlite3.Connection) -> bool:
            self._index.note(collection, id)
            return records.delete(connection, id)

        return await self._writing.do(remove)

    async def count(self, collection: str, where: Mapping[str, Any]) -> int:
        return self._read(self._records[collection].count, where)

    async def append(self, draft: Draft, *, nonce: str | None = None) -> Entry:
        def append(connection: sqlite3.Connection) -> Entry:
            entry = entries.append(connection, self._numbers, draft, nonce)
            self._index.note(entry.kind, entry.id, entry.fields)
            return entry

        return await self._writing.do(append)

    async def amend(
        self, entry: Entry, *, event: str, fields: dict[str, Any], marks: tuple[int, ...], nonce: str | None = None
    ) -> Entry:
        changed = {name for name in fields.keys() | entry.fields.keys() if fields.get(name) != entry.fields.get(name)}

        def amend(connection: sqlite3.Connection) -> Entry:
            now = entries.amend(connection, self._numbers, entry, event, fields, marks, nonce)
            self._index.note(now.kind, now.id, changed)
            return now

        return await self._writing.do(amend)

    async def entry(self, id: int) -> Entry:
        return self._read(entries.get, id)

    async def keyed(self, stream: str, keys: Sequence[str]) -> dict[str, Entry]:
        return self._read(entries.keyed, stream, keys)

    async def page(
        self, stream: str, kind: str, *, author: int | None = None, below: int | None = None, limit: int = 25
    ) -> list[Entry]:
        return self._read(entries.page, stream, kind, author, below, limit)

    async def changes(self, stream: str, since: int, limit: int) -> list[Entry]:
        return self._read(entries.changes, stream, since, limit)

    async def head(self, stream: str) -> int:
        return self._read(entries.head, stream)

    async def marked(self, kind: str, mark: int, *, below: int | None = None, limit: int = 25) -> list[Entry]:
        return self._read(entries.marked, kind, mark, below, limit)

    async def places(self, kind: str, mark: int, *, limit: int = 25) -> list[str]:
        return self._read(entries.places, kind, mark, limit)

    async def tally(self, stream: str, kind: str) -> int:
        return self._read(entries.tally, stream, kind)

    async def search(
        self, source: str, wanted: Wanted, scopes: Sequence[str], *, below: int | None = None, limit: int = 25
    ) -> list[int]:
        if self._searcher is None:
            raise Unavailable("the database is not open")
        return await self._searcher.find(source, wanted, scopes, below, limit)

    async def size(self) -> int:
        return self._read(entries.size)

    async def survey(self) -> Survey:
        return self._read(entries.survey)

    async def dump(self, after: int | None, limit: int) -> list[Stored]:
        return self._read(entries.dump, after, limit)

    async def restore(self, copies: Sequence[Stored]) -> None:
        def restore(connection: sqlite3.Connection) -> None:
            for entry in entries.restore(connection, copies):
                self._index.note(entry.kind, entry.id, entry.fields)
            self._numbers.forget()

        await self._writing.do(restore)

    async def wipe(self) -> None:
        untidy = True
        while untidy:
            untidy = await self._writing.do(self._index.tidy)
            await asyncio.sleep(_MERGE_PAUSE_SECONDS)

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise Unavailable("the database is not open")
        return self._writer

    def _read(self, read: Callable[..., Result], *arguments: Any) -> Result:
        if self._read_connection is None:
            raise Unavailable("the database is not open")
        try:
            return read(self._read_connection, *arguments)
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error


class _Chores:
    """What the writing thread does beside the operations."""

    def __init__(self, index: Index, numbers: entries.Numbers) -> None:
        self._index = index
        self._numbers = numbers

    def before_commit(self, connection: sqlite3.Connection) -> None:
        self._index.keep_notes(connection)

    def after_rollback(self) -> None:
        self._numbers.forget()
        self._index.forget()

    def in_spare_time(self, connection: sqlite3.Connection) -> bool:
        return self._index.catch_up(connection) > 0

    def at_rest(self, connection: sqlite3.Connection) -> bool:
        """Empty the log: what was deleted is still to be read in it. A reader may be in the way, as a backup is."""
        try:
            connection.execute("PRAGMA busy_timeout = 0")
            [busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        except sqlite3.Error:  # a full disk, say: the next write will tell
            return False
        return bool(busy)


def _connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
    # What is deleted is overwritten: otherwise it could be read in the file until its place is needed.
    connection.execute("PRAGMA secure_delete = ON")
    if not writable:
        connection.execute("PRAGMA query_only = ON")
    return connection


def _locked(path: Path) -> IO[bytes]:
    """Make the file, for its owner alone, and keep every other process from it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    lock = open(os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, 0o600), "rb")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Unavailable(
            f"{path} is in use by another process: stop that one, or give this one another file"
        ) from None
    return lock


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite and the disk say into Unavailable."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(str(error)) from error
