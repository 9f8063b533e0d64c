"""Records in SQLite: one table a collection, a column for each indexed field beside the document."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from storage.base import Collection, Duplicate, Missing, Record, Stale
from storage.sqlite_schema import column, indexed, table


class Records:
    """The statements of one collection. A name in them comes from the declaration, a value is always bound."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._table = table(collection.name)
        self._fields = indexed(collection)
        names = ["id", "doc", *(column(field) for field in self._fields)]
        self._insert = f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self._update = f"UPDATE {self._table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id IS ?"
        self._select = f"SELECT doc FROM {self._table} WHERE id IS ?"

    def insert(self, connection: sqlite3.Connection, record: Record) -> None:
        """Store a new record. Raises Duplicate."""
        self._write(connection, self._insert, self._row(record))

    def get(self, connection: sqlite3.Connection, id: int | str) -> Record:
        """Return the record. Raises Missing."""
        row = connection.execute(self._select, (id,)).fetchone()
        if row is None:
            raise Missing(self._collection.name, id)
        record: Record = orjson.loads(row[0])
        return record

    def find(
        self,
        connection: sqlite3.Connection,
        where: Mapping[str, Any],
        order: str,
        descending: bool,
        after: tuple[Any, int | str] | None,
        skip: int,
        limit: int,
    ) -> list[Record]:
        """Return the records that equal ``where``, in order."""
        self._collection.check(where, order)
        conditions, values = self._conditions(where)
        if after is not None:
            conditions += f" AND ({column(order)}, id) {'<' if descending else '>'} (?, ?)"
            values += after
        way = "DESC" if descending else "ASC"
        ordering = f"id {way}" if order == "id" else f"{column(order)} {way}, id {way}"
        query = f"SELECT doc FROM {self._table} WHERE {conditions} ORDER BY {ordering} LIMIT ? OFFSET ?"
        return [orjson.loads(doc) for (doc,) in connection.execute(query, (*values, limit, skip))]

    def count(self, connection: sqlite3.Connection, where: Mapping[str, Any]) -> int:
        """How many records equal ``where``."""
        self._collection.check(where, "id")
        conditions, values = self._conditions(where)
        [count] = connection.execute(f"SELECT count(*) FROM {self._table} WHERE {conditions}", values).fetchone()
        return int(count)

    def update(
        self,
        connection: sqlite3.Connection,
        id: int | str,
        changes: Mapping[str, Any],
        where: Mapping[str, Any] | None,
    ) -> Record:
        """Replace fields of a record. Raises Missing, Stale, Duplicate."""
        record = self.get(connection, id)
        if where is not None and any(record.get(field) != value for field, value in where.items()):
            raise Stale(self._collection.name, id)
        record = {**record, **changes, "id": id}
        self._write(connection, self._update, (*self._row(record), id))
        return record

    def delete(self, connection: sqlite3.Connection, id: int | str) -> bool:
        """Remove a record; says whether there was one."""
        return connection.execute(f"DELETE FROM {self._table} WHERE id IS ?", (id,)).rowcount > 0

    def _row(self, record: Record) -> tuple[Any, ...]:
        return (record["id"], orjson.dumps(record), *(record.get(field) for field in self._fields))

    def _write(self, connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]) -> None:
        try:
            connection.execute(statement, values)
        except sqlite3.IntegrityError as error:
            raise Duplicate(self._violated(str(error))) from None

    def _violated(self, message: str) -> tuple[str, ...]:
        """Return the fields of "UNIQUE constraint failed: c_people.f_nickname_key, …"."""
        columns = message.rpartition(": ")[2].split(", ")
        return tuple(name.partition(".")[2].removeprefix("f_") for name in columns)

    def _conditions(self, where: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        return " AND ".join(f"{column(field)} IS ?" for field in where) or "1", tuple(where.values())
