"""The tables of the SQLite engine: made, checked and widened when a database is opened."""

import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from storage.base import Collection, Unavailable

VERSION = 3
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    seq INTEGER NOT NULL,
    rev INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event TEXT NOT NULL,
    author INTEGER NOT NULL,
    key TEXT,
    fields BLOB NOT NULL,
    marks BLOB
);
CREATE UNIQUE INDEX entries_rev ON entries (stream, rev);
CREATE UNIQUE INDEX entries_ordinal ON entries (stream, kind, ordinal);
CREATE UNIQUE INDEX entries_key ON entries (stream, key) WHERE key IS NOT NULL;
CREATE INDEX entries_author ON entries (stream, kind, author, ordinal);
CREATE TABLE marks (kind TEXT, mark INTEGER, id INTEGER, stream TEXT, PRIMARY KEY (kind, mark, id)) WITHOUT ROWID;
CREATE INDEX marks_tally ON marks (stream, kind, id);
CREATE TABLE nonces (nonce TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX nonces_id ON nonces (id);
"""
_NEW_IN_3 = "CREATE INDEX nonces_id ON nonces (id)"


def prepare(connection: sqlite3.Connection, collections: Sequence[Collection]) -> str:
    """Make what is missing and return the epoch. Raises Unavailable for a database of a newer version."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise Unavailable(f"the database is of version {version}, this program knows {VERSION}: run a newer one")
    if version == 0:
        _create(connection)
    elif version < VERSION:
        _widen(connection)
    connection.execute("BEGIN IMMEDIATE")
    for collection in collections:
        _declare(connection, collection)
    connection.execute("COMMIT")
    [epoch] = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
    return str(epoch)


def table(collection: str) -> str:
    """Return the name of a collection's table."""
    return f"c_{checked(collection)}"


def column(field: str) -> str:
    """Return the name of an indexed field's column."""
    return "id" if field == "id" else f"f_{checked(field)}"


def indexed(collection: Collection) -> list[str]:
    """Return the fields that have a column of their own, in a steady order."""
    return sorted({field for index in (*collection.indexes, *collection.unique) for field in index} - {"id"})


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.strip().split(";\n"):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('epoch', ?)", (secrets.token_hex(8),))
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _widen(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_NEW_IN_3)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _declare(connection: sqlite3.Connection, collection: Collection) -> None:
    name = table(collection.name)
    # The id's column has no type, so that 1 and "1" stay two ids.
    connection.execute(f"CREATE TABLE IF NOT EXISTS {name} (id PRIMARY KEY, doc BLOB NOT NULL) WITHOUT ROWID")
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
    for field in indexed(collection):
        if column(field) not in there:
            _add_column(connection, name, field)
    for index in collection.indexes:
        _index(connection, name, index, "INDEX")
    for index in collection.unique:
        _index(connection, name, index, "UNIQUE INDEX")


def _add_column(connection: sqlite3.Connection, name: str, field: str) -> None:
    connection.execute(f"ALTER TABLE {name} ADD COLUMN {column(field)}")
    for id, doc in connection.execute(f"SELECT id, doc FROM {name}").fetchall():
        value = orjson.loads(doc).get(field)
        connection.execute(f"UPDATE {name} SET {column(field)} = ? WHERE id IS ?", (value, id))


def _index(connection: sqlite3.Connection, name: str, fields: Iterable[str], what: str) -> None:
    columns = [column(field) for field in fields]
    prefix = "u" if what.startswith("UNIQUE") else "i"
    connection.execute(
        f"CREATE {what} IF NOT EXISTS {prefix}_{name}_{'_'.join(columns)} ON {name} ({', '.join(columns)})"
    )


def checked(name: str) -> str:
    """Return a declared name that may stand in a statement. Raises ValueError for any other."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for storage: {name!r}")
    return name
