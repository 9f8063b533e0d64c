"""What a page costs in a database of a thousand messages and in one of ten million."""

import sqlite3
from contextlib import ExitStack, closing

import aiohttp
import orjson

from bench import processes
from bench.measurement import Measurement, Promise, Samples, reached, table
from bench.requests import load, request
from bench.stages import TEXT, register

FEW, MANY = 1_000, 10_000_000
_FILL = """
WITH RECURSIVE numbers (n) AS (SELECT :last + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last + :count)
INSERT INTO entries (id, stream, seq, rev, ordinal, kind, event, author, fields)
SELECT n + 1000, :stream, n, n, :ordinal + n - :last, 'message', 'message.new', :author, :fields FROM numbers
"""


async def measure(rounds: int) -> Samples:
    """Return the pages a second of both, by where the page is; the servers take turns."""
    found = Samples()
    with ExitStack() as stack:
        servers = {}
        for count in (FEW, MANY):
            server, token, chat = await _seeded(count)
            stack.callback(server.stop)
            servers[count] = server, token, chat
        for _ in range(rounds):
            for count, (server, token, chat) in servers.items():
                path = f"/chats/{chat}/messages/page/1"
                for name, query in (("the latest", ""), ("in the middle", f"?before={1000 + count // 2}")):
                    rates = await load(server.port, request("GET", path + query, token))
                    found.add(name, **{str(count): rates.rate, f"{count}_busy": rates.busy})
    return found


async def _seeded(count: int) -> tuple[processes.Server, str, int]:
    folder = processes.data_folder()
    server = processes.chatsrv(folder)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
        token = await register(http)
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post("/chats", json={"name": "Room"}, headers=headers) as response:
            chat = int((await response.json())["id"])
        async with http.get("/user/me", headers=headers) as response:
            author = int((await response.json())["id"])
    server.stop()
    _fill(f"{folder}/chatsrv.db", f"chat:{chat}", author, count)
    server = processes.chatsrv(folder)
    path = f"http://127.0.0.1:{server.port}/chats/{chat}/messages/page/1?before={1000 + count // 2}"
    async with aiohttp.ClientSession() as http, http.get(path, headers=headers) as response:
        assert next(one["seq"] for one in await response.json()) > count // 2 - 10, "the page is in the middle"
    return server, token, chat


def _fill(path: str, stream: str, author: int, count: int) -> None:
    """Write messages as the engine would, past it: it would take an hour."""
    fields = {"text": TEXT, "parent_id": 0, "created": 1_700_000_000_000, "edited": False, "deleted": False}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        [last] = connection.execute("SELECT MAX(rev) FROM entries WHERE stream = ?", (stream,)).fetchone()
        given = {"stream": stream, "author": author, "fields": orjson.dumps(fields), "last": last, "ordinal": 0}
        connection.execute(_FILL, given | {"count": count})
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _table(found: Samples) -> list[str]:
    rows = []
    for name in found:
        grown = found.median(name, str(FEW)) / found.median(name, str(MANY))
        rates = [found.told(name, str(count), ",.0f") for count in (FEW, MANY)]
        busy = found.told(name, f"{FEW}_busy", ".0%")
        rows.append([name, *rates, busy, f"{grown:.2f} times", f"the same: {reached(grown <= 1.1)}"])
    heads = f"page | a second of {FEW:,} | of {MANY:,} | generator | the cost grows | wanted"
    return [f"## A page of 25 of {FEW:,} messages and of {MANY:,}, 64 in flight", "", *table(heads, rows), ""]


def _promises(found: Samples) -> list[Promise]:
    grown = {name: found.median(name, str(FEW)) / found.median(name, str(MANY)) for name in found}
    what, beside = f"cost of a page of {MANY:,} messages", f"of {FEW:,}"
    return [Promise(f"{what}, {name}", beside, times, most=1.1) for name, times in grown.items()]


MEASUREMENT = Measurement("history", measure, _table, promises=_promises)
