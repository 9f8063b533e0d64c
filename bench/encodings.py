"""What Protocol Buffers save of a page of 25 messages: bytes, the server's processor time, the reader's."""

import gzip
import time

import aiohttp
import orjson
from google.protobuf.message import Message

from bench import processes
from bench.measurement import Measurement, Samples, table
from bench.stages import register
from bench.watching import watched
from chatsrv.schemas import proto
from handlers.protobuf import CONTENT_TYPE, Messages

PAGES, TIMES = 1000, 2000
TEXT = "All happy families are alike; each unhappy family is unhappy in its own way. {}"
KINDS = {"JSON": "application/json", "Protocol Buffers": CONTENT_TYPE}


async def measure(rounds: int) -> Samples:
    """Return bytes, bytes gzipped, the server's seconds a page, the reader's; the two take turns on one server."""
    server, found = processes.chatsrv(), Samples()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            http.headers["Authorization"] = f"Bearer {await register(http)}"
            async with http.post("/chats", json={"name": "Room"}) as response:
                path = f"/chats/{(await response.json())['id']}/messages"
            for number in range(25):
                async with http.post(path, json={"text": TEXT.format(number)}) as response:
                    assert response.status == 200
            for _ in range(rounds):
                for kind in KINDS:
                    found.add(kind, **await _one(server, http, path, kind))
    finally:
        server.stop()
    return found


async def _one(server: processes.Server, http: aiohttp.ClientSession, path: str, kind: str) -> dict[str, float]:
    body = b""
    with watched(server) as spent:
        for _ in range(PAGES):
            async with http.get(path, headers={"Accept": KINDS[kind]}) as response:
                body = await response.read()
    read = orjson.loads if kind == "JSON" else _page().FromString
    start = time.thread_time()
    for _ in range(TIMES):
        read(body)
    reader = (time.thread_time() - start) / TIMES
    return {"size": len(body), "packed": len(gzip.compress(body)), "server": spent.processor / PAGES, "reader": reader}


def _page() -> type[Message]:
    return Messages(proto.source()).message("MessageList")


_COLUMNS = {"size": (",.0f", 1.0), "packed": (",.0f", 1.0), "server": (".0f", 1e6), "reader": (".0f", 1e6)}


def _table(found: Samples) -> list[str]:
    rows = [[kind, *(found.told(kind, what, *how) for what, how in _COLUMNS.items())] for kind in found]
    parts = [f"{found.ratio('Protocol Buffers', 'JSON', what):.2f}" for what in _COLUMNS]
    heads = "of the page | bytes | gzipped | server, microseconds | reading in Python, microseconds"
    title = "## A page of 25 messages in JSON and in Protocol Buffers"
    return [title, "", *table(heads, [*rows, ["part", *parts]]), ""]


MEASUREMENT = Measurement("encodings", measure, _table)
