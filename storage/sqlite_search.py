"""The words of entries and records in SQLite: FTS5 tables whose every term begins with the number of its scope.

So a search reads what its scopes hold and nothing else, also for a prefix. The words are ours (`storage.words`), each
one term to FTS5, whose "ascii" tokenizer leaves them as they are. What changed is noted in the transaction that changed
it and indexed later, a piece at a time (decision 0007).
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from storage.base import Collection, Kind, Searchable
from storage.sqlite_schema import checked, table
from storage.words import VERSION, Wanted, checked_word

_PIECE = 100
_AT_ONCE = 10
_PIECE_SECONDS = 0.02
_REMEMBERED = 10_000
_SPELT_OUT = 64
_MERGED_PAGES = 16
_LEAST, _GREATEST = -(2**63), 2**63 - 1

_TABLES = """
CREATE TABLE IF NOT EXISTS search_sources (name TEXT PRIMARY KEY, declared BLOB NOT NULL, filled INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS search_scopes (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS unindexed (place INTEGER PRIMARY KEY, source TEXT NOT NULL, id INTEGER NOT NULL)
"""
_NOTE = "INSERT INTO unindexed (source, id) SELECT value ->> 0, value ->> 1 FROM json_each(?)"
_BEHIND = "SELECT (SELECT max(place) FROM unindexed) - (SELECT min(place) FROM unindexed) + 1"
_NEXT = "SELECT place, source, id FROM unindexed ORDER BY place LIMIT ?"
_NUMBERS = """SELECT search_scopes.number FROM json_each(?) AS scope
    CROSS JOIN search_scopes ON search_scopes.name = scope.value"""
_TERMS = """SELECT number.value, (SELECT json_group_array(term) FROM (SELECT term FROM {table}_terms
        WHERE term >= number.value || ? AND term < number.value || ? LIMIT ?)) FROM json_each(?) AS number"""
_WRITE = "INSERT OR REPLACE INTO {table} (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each(?)"
_ERASE = "DELETE FROM {table} WHERE rowid IN (SELECT value FROM json_each(?))"
_FIND = """SELECT found.value FROM json_each(?) AS query
    CROSS JOIN json_each((SELECT json_group_array(rowid) FROM (SELECT rowid FROM {table}
        WHERE {table} MATCH query.value AND rowid < ? ORDER BY rowid DESC LIMIT ?))) AS found
    ORDER BY found.value DESC LIMIT ?"""


class _Source(NamedTuple):
    """How the things of a kind or collection are read: some by their ids, and the next ones after an id."""

    search: Searchable
    table: str
    some: str
    following: str
    declared: bytes


class Index:
    """What is searchable, and how its words are kept. Everything but `find` belongs to the writing connection."""

    def __init__(self, collections: Sequence[Collection], kinds: Sequence[Kind]) -> None:
        self._sources = {kind.name: _entries(kind) for kind in kinds}
        self._sources |= {one.name: _records(one, one.search) for one in collections if one.search}
        self._scopes: dict[str, int] = {}
        self._notes: list[tuple[str, int]] = []

    def forget(self) -> None:
        """Know nothing any more: a transaction was taken back."""
        self._scopes.clear()
        self._notes.clear()

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables; fill those that are new, or declared anew, piece by piece, going on where it was cut off."""
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _TABLES.strip().split(";\n"):
                connection.execute(statement)
            self._declare(connection)
        for name in self._sources:
            while self._fill(connection, name):
                pass

    def note(self, source: str, id: int | str, fields: Iterable[str] | None = None) -> None:
        """Note that these fields of a thing are new, or that it is gone; the same transaction must keep the notes."""
        known = self._sources.get(source)
        if known and isinstance(id, int) and (fields is None or not known.search.watches.isdisjoint(fields)):
            self._notes.append((source, id))

    def keep_notes(self, connection: sqlite3.Connection) -> None:
        """Store what was noted, all at once: each statement of a thread lets the loop have its turn."""
        if self._notes:
            connection.execute(_NOTE, (_json(self._notes),))
            self._notes.clear()

    @staticmethod
    def behind(connection: sqlite3.Connection) -> int:
        """How many notes wait."""
        return connection.execute(_BEHIND).fetchone()[0] or 0

    def catch_up(self, connection: sqlite3.Connection) -> int:
        """Index the things of the oldest notes, a few milliseconds long; return how many notes that were.

        Some at once: each statement of a thread lets the loop have its turn.
        """
        until = time.monotonic() + _PIECE_SECONDS
        waiting = connection.execute(_NEXT, (_PIECE,)).fetchall()
        done = 0
        while done < len(waiting) and time.monotonic() < until:
            notes = waiting[done : done + _AT_ONCE]
            for name in {source for _, source, _ in notes} & self._sources.keys():
                self._index_again(connection, name, {id for _, source, id in notes if source == name})
            done += len(notes)
        if done:
            connection.execute("DELETE FROM unindexed WHERE place <= ?", waiting[done - 1][:1])
        return done

    def tidy(self, connection: sqlite3.Connection) -> bool:
        """Catch up and merge a little of the words: until that is done, old ones stand there beside their removal.

        Says whether there may be more to do.
        """
        if self.catch_up(connection):
            return True
        return any(_merge(connection, source.table) for source in self._sources.values())

    def find(
        self,
        connection: sqlite3.Connection,
        source: str,
        wanted: Wanted,
        scopes: Sequence[str],
        below: int | None,
        limit: int,
    ) -> list[int]:
        """Return the ids of what is wanted, greatest first."""
        table = self._sources[source].table
        names = _json(list(dict.fromkeys(scopes)))
        numbers = [number for (number,) in connection.execute(_NUMBERS, (names,))]
        queries = _queries(connection, table, numbers, wanted)
        most = _GREATEST if below is None else below
        return [id for (id,) in connection.execute(_FIND.format(table=table), (_json(queries), most, limit, limit))]

    def _declare(self, connection: sqlite3.Connection) -> None:
        """Drop what is declared no longer, or otherwise: nobody noted its changes. Make what is missing."""
        there = dict(connection.execute("SELECT name, declared FROM search_sources").fetchall())
        for name in there:
            if name not in self._sources or there[name] != self._sources[name].declared:
                connection.execute(f"DROP TABLE {_words_table(name)}_terms")
                connection.execute(f"DROP TABLE {_words_table(name)}")
                connection.execute("DELETE FROM search_sources WHERE name = ?", (name,))
        for name, source in self._sources.items():
            if there.get(name) != source.declared:
                options = "tokenize = 'ascii', detail = none, columnsize = 0"
                connection.execute(f"CREATE VIRTUAL TABLE {source.table} USING fts5 (words, {options})")
                connection.execute(f"CREATE VIRTUAL TABLE {source.table}_terms USING fts5vocab ({source.table}, row)")
                connection.execute("INSERT INTO search_sources VALUES (?, ?, ?)", (name, source.declared, _LEAST))

    def _fill(self, connection: sqlite3.Connection, name: str) -> bool:
        """Index the next things of a source that were stored before it was declared; say whether there were any."""
        [filled] = connection.execute("SELECT filled FROM search_sources WHERE name = ?", (name,)).fetchone()
        rows = connection.execute(self._sources[name].following, (filled, _PIECE)).fetchall()
        if filled == _GREATEST:
            return False
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            self._index(connection, name, rows)
            filled = rows[-1][0] if rows else _GREATEST
            connection.execute("UPDATE search_sources SET filled = ? WHERE name = ?", (filled, name))
        return bool(rows)

    def _index_again(self, connection: sqlite3.Connection, name: str, ids: set[int]) -> None:
        rows = connection.execute(self._sources[name].some, (_json(list(ids)),)).fetchall()
        self._index(connection, name, rows, ids.difference(row[0] for row in rows))

    def _index(
        self, connection: sqlite3.Connection, name: str, rows: Iterable[tuple[Any, ...]], gone: Iterable[int] = ()
    ) -> None:
        source = self._sources[name]
        written, wordless = [], list(gone)
        for id, scope, fields in rows:
            words = source.search.words(orjson.loads(fields))
            if words:
                prefix = f"{self._number(connection, scope)}s"
                written.append((id, " ".join([prefix + word for word in words])))
            else:
                wordless.append(id)
        if written:
            connection.execute(_WRITE.format(table=source.table), (_json(written),))
        if wordless:
            connection.execute(_ERASE.format(table=source.table), (_json(wordless),))

    def _number(self, connection: sqlite3.Connection, scope: str) -> int:
        number = self._scopes.get(scope)
        if number is None:
            connection.execute("INSERT OR IGNORE INTO search_scopes (name) VALUES (?)", (scope,))
            [number] = connection.execute("SELECT number FROM search_scopes WHERE name = ?", (scope,)).fetchone()
            if len(self._scopes) >= _REMEMBERED:
                self._scopes.clear()
            self._scopes[scope] = number
        return int(number)


def _merge(connection: sqlite3.Connection, table: str) -> bool:
    """Merge some pages into one segment in the end; FTS5 says by what it changed whether that did anything."""
    before = connection.total_changes
    connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (-_MERGED_PAGES,))
    return connection.total_changes - before > 1


def _entries(kind: Kind) -> _Source:
    select = "SELECT id, stream, fields FROM entries WHERE"
    # A name of a declaration, checked by the name of its index; never one that a request gave.
    following = f"{select} kind = '{checked(kind.name)}' AND id > ? ORDER BY id LIMIT ?"
    return _source(kind.name, kind.search, f"{select} id IN (SELECT value FROM json_each(?))", following)


def _records(collection: Collection, search: Searchable) -> _Source:
    select = f"SELECT id, '{checked(collection.name)}', doc FROM {table(collection.name)} WHERE"
    following = f"{select} typeof(id) = 'integer' AND id > ? ORDER BY id LIMIT ?"
    return _source(collection.name, search, f"{select} id IN (SELECT value FROM json_each(?))", following)


def _source(name: str, search: Searchable, some: str, following: str) -> _Source:
    declared = orjson.dumps([VERSION, search.fields, search.unless])
    return _Source(search, _words_table(name), some, following, declared)


def _words_table(name: str) -> str:
    return f"words_{checked(name)}"


def _queries(connection: sqlite3.Connection, table: str, numbers: list[int], wanted: Wanted) -> list[str]:
    """Return the FTS5 queries, one for each scope that may hold what is wanted."""
    words = [checked_word(word) for word in wanted.words]
    if not wanted.begins:
        return [" AND ".join(_term(number, word) for word in words) for number in numbers]
    begins = checked_word(wanted.begins)
    # No word goes on with less than a digit, so these bounds hold the longer words and not the word itself.
    bounds = f"s{begins}0", f"s{begins}\U0010ffff", _SPELT_OUT + 1, _json(numbers)
    found = connection.execute(_TERMS.format(table=table), bounds).fetchall()
    longer = [(number, orjson.loads(terms)) for number, terms in found]
    return [
        " AND ".join([*(_term(number, word) for word in words), _longer(number, begins, terms)])
        for number, terms in longer
        if terms
    ]


def _longer(number: int, begins: str, terms: list[str]) -> str:
    """Spell out what begins so: FTS5 reads words lazily, and all of a prefix at once."""
    itself = _term(number, begins)
    spelt_out = " OR ".join(f'"{term}"' for term in terms) if len(terms) <= _SPELT_OUT else f"{itself} *"
    return f"(({spelt_out}) NOT {itself})"


def _term(number: int, word: str) -> str:
    return f'"{number}s{word}"'


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
