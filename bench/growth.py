"""What a page costs in a database of a thousand messages and in one of ten million."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from statistics import median

import aiohttp
import orjson

from bench import processes
from bench.requests import load, request
from bench.rooms import TEXT, register

FEW, MANY = 1_000, 10_000_000
_FILL = """
WITH RECURSIVE numbers (n) AS (SELECT :last + 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last + :count)
INSERT INTO entries (id, stream, seq, rev, ordinal, kind, event, author, fields)
SELECT n + 1000, :stream, n, n, :ordinal + n - :last, 'message', 'message.new', :author, :fields FROM numbers
"""


async def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Return the median pages a second of both, by where the page is; the servers take turns."""
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ("the latest", "in the middle")}
    with ExitStack() as stack:
        servers = []
        for count in (FEW, MANY):
            server, token, chat = await _seeded(count)
            stack.callback(server.stop)
            servers.append((server, token, chat, count))
        for _ in range(rounds):
            for place, (server, token, chat, count) in enumerate(servers):
                path = f"/chats/{chat}/messages/page/1"
                for name, query in (("the latest", ""), ("in the middle", f"?before={1000 + count // 2}")):
                    rates = await load(server.port, request("GET", path + query, token))
                    found[name][place].append(rates.rate)
    return {name: (median(few), median(many)) for name, (few, many) in found.items()}


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


def table(found: dict[str, tuple[float, float]], reached: Callable[[bool], str]) -> list[str]:
    """Return the lines of the results' page."""
    lines = [f"## A page of 25 of {FEW:,} messages and of {MANY:,}, 64 in flight", ""]
    lines += [f"| page | a second of {FEW:,} | of {MANY:,} | the cost grows | wanted |", "|---|---|---|---|---|"]
    for name, (few, many) in found.items():
        wanted = f"the same: {reached(few / many <= 1.1)}"
        lines.append(f"| {name} | {few:,.0f} | {many:,.0f} | {few / many:.2f} times | {wanted} |")
    return [*lines, ""]
