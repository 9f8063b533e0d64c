"""A chat of very many messages, written into the database past the engine: that would take minutes."""

import sqlite3
from contextlib import closing
from pathlib import Path

_FILL = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO entries (id, stream, seq, rev, ordinal, kind, event, author, fields)
SELECT n + 1000, :stream, n + :last, n + :last, n, 'message', 'message.new',
       CASE n / 3 % 2 WHEN 0 THEN :one ELSE :other END,
       json_object(
           'text', 'Letter ' || n || '.' ||
               CASE WHEN n % 7 = 0 THEN replace(hex(zeroblob(n % 90)), '00', ' word') ELSE '' END,
           'parent_id', CASE WHEN n % 11 = 0 AND n > 2000 THEN n - 1000 ELSE 0 END,
           'created', 1700000000000 + n * 60000, 'edited', json('false'), 'deleted', json('false'))
FROM numbers
"""


def fill(database: Path, count: int) -> None:
    """Let the only chat of the database's two people have so many messages, "Letter 1." to the last, of both in turns.

    Every eleventh answers what was said nine hundred messages or more before it, if there is such. No server may run.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        [(stream, last)] = connection.execute(
            "SELECT stream, MAX(rev) FROM entries WHERE stream LIKE 'chat:%' GROUP BY stream"
        ).fetchall()
        [(one,), (other,)] = connection.execute(
            "SELECT DISTINCT author FROM entries WHERE stream = ? ORDER BY author", (stream,)
        ).fetchall()
        connection.execute(_FILL, {"stream": stream, "last": last, "one": one, "other": other, "count": count})
