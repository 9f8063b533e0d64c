"""chatsrv itself, but no message is searchable (BENCH_INDEXING=none), or each is indexed as it is sent (at_once)."""

import os
import sqlite3
import sys
from collections.abc import Iterable
from typing import Any

import chatsrv.app
from chatsrv.cli import main
from storage.sqlite_search import Index


class _AtOnce(Index):
    def note(
        self, connection: sqlite3.Connection, source: str, id: int | str, fields: Iterable[str] | None = None
    ) -> None:
        known: Any = self._sources.get(source)
        if known and (fields is None or not known.search.watches.isdisjoint(fields)):
            row = connection.execute(known.one, (id,)).fetchone()
            self._index(connection, source, row or (id, source, b"{}"))


if os.environ["BENCH_INDEXING"] == "none":
    chatsrv.app.KINDS = ()
else:
    import storage.sqlite

    storage.sqlite.Index = _AtOnce  # type: ignore[misc]
sys.exit(main(["serve"]))
