"""SQLite beside the process that writes: a snapshot to read from, and a rehearsal of what opening would change.

Both connections are read-only, so that they never checkpoint (see `storage.sqlite`); a reader of WAL holds nobody up.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from storage.base import Collection, Kind, Unavailable
from storage.inspection import Inspection
from storage.sqlite import SqliteStorage, translated
from storage.sqlite_records import Records
from storage.sqlite_schema import VERSION, prepare, table
from storage.sqlite_search import Index

_OLDER = "the database is older than this program: run chatsrv migrate, or restart the server with this version"
_Schema = Mapping[str, tuple[str, str, str]]


class SqliteSnapshot(SqliteStorage):
    """The database as it was when it was opened; nothing can be written, and nobody is kept from writing."""

    async def open(self, collections: Sequence[Collection], kinds: Sequence[Kind] = ()) -> None:
        if self._read_connection is not None:
            return
        with translated():
            connection = self._read_connection = _connect_beside(self._path)
            # From the first read on, everything that follows sees the same state.
            connection.execute("BEGIN")
            _check(connection, collections)
            [self._epoch] = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
        self._records = {collection.name: Records(collection) for collection in collections}


def inspect(path: Path, collections: Sequence[Collection], kinds: Sequence[Kind]) -> Inspection:
    """Return what opening the database would do, found by doing it to an empty copy of its schema."""
    if not path.exists() or path.stat().st_size == 0:
        return Inspection(None, [f"make a new database of version {VERSION}"])
    with translated(), closing(_connect_beside(path)) as there, closing(_hollow(there)) as copy:
        [version] = there.execute("PRAGMA user_version").fetchone()
        before, sources = _schema(copy), _sources(copy)
        prepare(copy, collections)
        Index(collections, kinds).prepare(copy)
        pending = [f"bring the schema from version {version} to {VERSION}"] if version < VERSION else []
        pending += _differences(copy, before, _schema(copy))
        pending += [f"index the words of {name}" for name, how in _sources(copy).items() if sources.get(name) != how]
        return Inspection(version, pending)


def _connect_beside(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise Unavailable(f"there is no database at {path}")
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)


def _check(connection: sqlite3.Connection, collections: Sequence[Collection]) -> None:
    [version] = connection.execute("PRAGMA user_version").fetchone()
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if version > VERSION:
        raise Unavailable(f"the database is of version {version}, this program knows {VERSION}: run a newer one")
    if version < VERSION or not there.issuperset(table(one.name) for one in collections):
        raise Unavailable(_OLDER)


def _hollow(there: sqlite3.Connection) -> sqlite3.Connection:
    """Return a database in memory of the same schema, with nothing in it but what says how words are indexed."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    query = "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', rowid"
    for name, sql in there.execute(query).fetchall():
        # Those of a virtual table made themselves.
        if name not in _schema(copy) and not name.startswith("sqlite_"):
            copy.execute(sql)
    for name, columns in (("meta", 2), ("search_sources", 3)):
        if name in _schema(copy):
            rows = there.execute(f"SELECT * FROM {name}").fetchall()
            copy.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})", rows)
    [version] = there.execute("PRAGMA user_version").fetchone()
    copy.execute(f"PRAGMA user_version = {int(version)}")
    return copy


def _schema(connection: sqlite3.Connection) -> _Schema:
    rows = connection.execute("SELECT name, type, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY rowid")
    return {name: (type, of, sql) for name, type, of, sql in rows}


def _sources(connection: sqlite3.Connection) -> dict[str, Any]:
    if "search_sources" not in _schema(connection):
        return {}
    return dict(connection.execute("SELECT name, declared FROM search_sources").fetchall())


def _differences(connection: sqlite3.Connection, before: _Schema, after: _Schema) -> list[str]:
    gone = [f"drop the {before[name][0]} {name}" for name in before if name not in after]
    changes: list[str] = []
    for name, (type, of, sql) in after.items():
        if name.startswith(("words_", "sqlite_")):
            continue  # told by their source
        if name not in before:
            changes.append(f"make the {type} {name}" + (f" of {of}" if type == "index" else ""))
        elif type == "table" and sql != before[name][2]:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            new = [column for column in columns if column not in before[name][2]]
            changes.append(f"add to the table {name}: {', '.join(new)}")
    return gone + changes
