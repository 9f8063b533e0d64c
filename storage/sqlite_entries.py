"""Entries in SQLite: their numbers are the next ones of their stream, given by the only writer there is."""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import orjson

from storage.base import Draft, Duplicate, Entry, Missing, Repeated, Stale, Stored, Survey

_COLUMNS = "id, stream, seq, rev, ordinal, kind, event, author, key, fields, marks"
_ENTRY = f"SELECT {_COLUMNS} FROM entries WHERE id = ?"
_HEAD = "SELECT max(rev) FROM entries WHERE stream = ?"
_LAST = "SELECT max(ordinal) FROM entries WHERE stream = ? AND kind = ?"
_KEYED = f"SELECT {_COLUMNS} FROM entries WHERE stream = ? AND key = ?"
_INSERT = f"INSERT INTO entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_AMEND = "UPDATE entries SET rev = ?, event = ?, fields = ?, marks = ? WHERE id = ? AND rev = ?"
_OF_A_PAGE = "id, seq, rev, ordinal, event, author, key, fields, marks"
_PAGE = f"""SELECT {_OF_A_PAGE} FROM entries
    WHERE stream = ? AND kind = ? AND ordinal < ? ORDER BY ordinal DESC LIMIT ?"""
_AUTHOR_PAGE = f"""SELECT {_OF_A_PAGE} FROM entries
    WHERE stream = ? AND kind = ? AND author = ? AND ordinal < ? ORDER BY ordinal DESC LIMIT ?"""
_CHANGES = f"SELECT {_COLUMNS} FROM entries WHERE stream = ? AND rev > ? ORDER BY rev LIMIT ?"
_MARKED = f"""SELECT {_COLUMNS} FROM entries WHERE id IN
    (SELECT id FROM marks WHERE kind = ? AND mark = ? AND id < ? ORDER BY id DESC LIMIT ?) ORDER BY id DESC"""
_PLACES = "SELECT stream FROM marks WHERE kind = ? AND mark = ? ORDER BY id DESC LIMIT ?"
_TALLY = "SELECT count(DISTINCT id) FROM marks WHERE stream = ? AND kind = ?"
_DUMP = f"""SELECT {_COLUMNS}, (SELECT json_group_array(nonce) FROM nonces WHERE nonces.id = entries.id)
    FROM entries WHERE id > ? ORDER BY id LIMIT ?"""
_LEAST, _GREATEST = -(2**63), 2**63 - 1
_REMEMBERED = 10_000
_new = partial(tuple.__new__, Entry)
"""Makes an entry of its values, as `Entry` does, but a page of them in half the time."""


class Numbers:
    """The latest numbers of the streams written to lately. The only writer can not be wrong about them.

    Read from the indexes when unknown; forgotten whenever a commit fails.
    """

    def __init__(self) -> None:
        self._revs: dict[str, int] = {}
        self._ordinals: dict[tuple[str, str], int] = {}

    def forget(self) -> None:
        """Know nothing any more."""
        self._revs.clear()
        self._ordinals.clear()

    def rev(self, connection: sqlite3.Connection, stream: str) -> int:
        """Return the number that the stream's next change takes."""
        rev = self._revs.get(stream)
        return (head(connection, stream) if rev is None else rev) + 1

    def ordinal(self, connection: sqlite3.Connection, stream: str, kind: str) -> int:
        """Return the place of the stream's next entry of this kind."""
        ordinal = self._ordinals.get((stream, kind))
        if ordinal is None:
            ordinal = connection.execute(_LAST, (stream, kind)).fetchone()[0] or 0
        return ordinal + 1

    def took(self, entry: Entry) -> None:
        """Note that the entry was written with its number."""
        if len(self._revs) >= _REMEMBERED:
            self.forget()
        self._revs[entry.stream] = entry.rev
        if entry.seq == entry.rev:
            self._ordinals[entry.stream, entry.kind] = entry.ordinal


def append(connection: sqlite3.Connection, numbers: Numbers, draft: Draft, nonce: str | None) -> Entry:
    """Store the draft at the next number of its stream."""
    _check_nonce(connection, nonce)
    id, stream, kind, event, author, fields, key, marks = draft
    if key is not None and connection.execute(_KEYED, (stream, key)).fetchone():
        raise Duplicate(("stream", "key"))
    rev, ordinal = numbers.rev(connection, stream), numbers.ordinal(connection, stream, kind)
    entry = Entry(id, stream, rev, rev, ordinal, kind, event, author, key, fields, tuple(sorted(marks)))
    try:
        connection.execute(_INSERT, _row(entry))
    except sqlite3.IntegrityError:
        raise Duplicate(("id",)) from None
    _remember(connection, entry, (), nonce)
    numbers.took(entry)
    return entry


def amend(
    connection: sqlite3.Connection,
    numbers: Numbers,
    entry: Entry,
    event: str,
    fields: dict[str, Any],
    marks: tuple[int, ...],
    nonce: str | None,
) -> Entry:
    """Replace what the entry holds, at the next number of its stream."""
    _check_nonce(connection, nonce)
    now = get(connection, entry.id)
    if now.rev != entry.rev:
        raise Stale(entry.id)
    rev = numbers.rev(connection, now.stream)
    changed = now._replace(rev=rev, event=event, fields=fields, marks=tuple(sorted(marks)))
    connection.execute(_AMEND, (rev, event, orjson.dumps(fields), _marks(changed), entry.id, entry.rev))
    _remember(connection, changed, now.marks, nonce)
    numbers.took(changed)
    return changed


def get(connection: sqlite3.Connection, id: int) -> Entry:
    """Return the entry. Raises Missing."""
    row = connection.execute(_ENTRY, (id,)).fetchone()
    if row is None:
        raise Missing(id)
    return _entry(row)


def keyed(connection: sqlite3.Connection, stream: str, keys: Sequence[str]) -> dict[str, Entry]:
    """Return the entries that have these keys."""
    found = (connection.execute(_KEYED, (stream, key)).fetchone() for key in keys)
    return {row[8]: _entry(row) for row in found if row is not None}


def page(
    connection: sqlite3.Connection, stream: str, kind: str, author: int | None, below: int | None, limit: int
) -> list[Entry]:
    """Return a page of entries, newest first."""
    most, loads = _GREATEST if below is None else below, orjson.loads
    if author is None:
        rows = connection.execute(_PAGE, (stream, kind, most, limit))
    else:
        rows = connection.execute(_AUTHOR_PAGE, (stream, kind, author, most, limit))
    return [  # spelt out: what is asked for by its stream and kind need not be told them, nor cost a call an entry
        _new((id, stream, seq, rev, ordinal, kind, event, author, key, loads(fields), _marked(marks) if marks else ()))
        for id, seq, rev, ordinal, event, author, key, fields, marks in rows
    ]


def changes(connection: sqlite3.Connection, stream: str, since: int, limit: int) -> list[Entry]:
    """Return what changed after a number, in the order of the changes."""
    return _entries(connection.execute(_CHANGES, (stream, since, limit)))


def head(connection: sqlite3.Connection, stream: str) -> int:
    """Return the latest number of the stream."""
    return connection.execute(_HEAD, (stream,)).fetchone()[0] or 0


def marked(connection: sqlite3.Connection, kind: str, mark: int, below: int | None, limit: int) -> list[Entry]:
    """Return the entries that have the mark, greatest id first."""
    most = _GREATEST if below is None else below
    return _entries(connection.execute(_MARKED, (kind, mark, most, limit)))


def places(connection: sqlite3.Connection, kind: str, mark: int, limit: int) -> list[str]:
    """Return the streams of the entries that have the mark, greatest id first."""
    return [stream for (stream,) in connection.execute(_PLACES, (kind, mark, limit))]


def tally(connection: sqlite3.Connection, stream: str, kind: str) -> int:
    """How many entries have marks."""
    return int(connection.execute(_TALLY, (stream, kind)).fetchone()[0])


def size(connection: sqlite3.Connection) -> int:
    """How many entries there are."""
    return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])


def survey(connection: sqlite3.Connection) -> Survey:
    """Count them by kind, and measure the file."""
    kinds = dict(connection.execute("SELECT kind, count(*) FROM entries GROUP BY kind").fetchall())
    [pages], [size] = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return Survey(kinds, pages * size)


def dump(connection: sqlite3.Connection, after: int | None, limit: int) -> list[Stored]:
    """Return entries with their nonces, in the order of their ids."""
    rows = connection.execute(_DUMP, (_LEAST if after is None else after, limit))
    return [Stored(_entry(row[:11]), tuple(sorted(orjson.loads(row[11])))) for row in rows]


def restore(connection: sqlite3.Connection, copies: Iterable[Stored]) -> list[Entry]:
    """Store those entries whose ids are not there, all or none, and return them."""
    new = [copy for copy in copies if connection.execute(_ENTRY, (copy.entry.id,)).fetchone() is None]
    connection.execute("SAVEPOINT restoring")
    try:
        for entry, nonces in new:
            connection.execute(_INSERT, _row(entry))
            _remember(connection, entry, (), None)
            connection.executemany("INSERT INTO nonces VALUES (?, ?)", [(nonce, entry.id) for nonce in nonces])
    except sqlite3.IntegrityError as error:
        connection.execute("ROLLBACK TO restoring")
        raise Duplicate(str(error)) from None
    finally:
        connection.execute("RELEASE restoring")
    return [copy.entry for copy in new]


def _check_nonce(connection: sqlite3.Connection, nonce: str | None) -> None:
    if nonce is None:
        return
    row = connection.execute("SELECT id FROM nonces WHERE nonce = ?", (nonce,)).fetchone()
    if row is not None:
        raise Repeated(get(connection, row[0]))


def _remember(connection: sqlite3.Connection, entry: Entry, former: tuple[int, ...], nonce: str | None) -> None:
    """Keep the lookups of marks and nonces in step with the entry, in the same transaction."""
    for mark in set(former) - set(entry.marks):
        connection.execute("DELETE FROM marks WHERE kind = ? AND mark = ? AND id = ?", (entry.kind, mark, entry.id))
    for mark in set(entry.marks) - set(former):
        connection.execute("INSERT INTO marks VALUES (?, ?, ?, ?)", (entry.kind, mark, entry.id, entry.stream))
    if nonce is not None:
        connection.execute("INSERT INTO nonces VALUES (?, ?)", (nonce, entry.id))


def _row(entry: Entry) -> tuple[Any, ...]:
    return (*entry[:9], orjson.dumps(entry.fields), _marks(entry))


def _marks(entry: Entry) -> bytes | None:
    return orjson.dumps(entry.marks) if entry.marks else None


def _entry(row: tuple[Any, ...]) -> Entry:
    id, stream, seq, rev, ordinal, kind, event, author, key, fields, marks = row
    return _new((id, stream, seq, rev, ordinal, kind, event, author, key, orjson.loads(fields), _marked(marks)))


def _marked(marks: bytes | None) -> tuple[int, ...]:
    return tuple(orjson.loads(marks)) if marks else ()


def _entries(rows: Iterable[tuple[Any, ...]]) -> list[Entry]:
    return [_entry(row) for row in rows]
