"""chatsrv itself, but no message is searchable (BENCH_INDEXING=none), or each is indexed as it is sent (at_once)."""

import os
import sqlite3
import sys

import chatsrv.app
from chatsrv.cli import main
from storage.sqlite_search import Index


class _AtOnce(Index):
    def keep_notes(self, connection: sqlite3.Connection) -> None:
        super().keep_notes(connection)
        while self.catch_up(connection):
            pass


if os.environ["BENCH_INDEXING"] == "none":
    chatsrv.app.KINDS = ()
else:
    import storage.sqlite

    storage.sqlite.Index = _AtOnce  # type: ignore[misc]
sys.exit(main(["serve"]))
