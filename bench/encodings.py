"""What Protocol Buffers save of a page of 25 messages: bytes, the server's processor time, the reader's."""

import gzip
import time
from statistics import median
from typing import NamedTuple

import aiohttp
import orjson
from google.protobuf.message import Message

from bench import processes
from bench.rooms import register
from chatsrv.schemas import proto
from handlers.protobuf import CONTENT_TYPE, Messages

PAGES, TIMES = 1000, 2000
TEXT = "All happy families are alike; each unhappy family is unhappy in its own way. {}"
KINDS = {"JSON": "application/json", "Protocol Buffers": CONTENT_TYPE}


class Cost(NamedTuple):
    """Bytes, bytes gzipped, the server's seconds a page, the reader's."""

    size: float
    packed: float
    server: float
    reader: float


async def measure(rounds: int) -> dict[str, Cost]:
    """Return medians; the two take turns on one server."""
    server = processes.chatsrv()
    found: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            http.headers["Authorization"] = f"Bearer {await register(http)}"
            async with http.post("/chats", json={"name": "Room"}) as response:
                path = f"/chats/{(await response.json())['id']}/messages"
            for number in range(25):
                async with http.post(path, json={"text": TEXT.format(number)}) as response:
                    assert response.status == 200
            for _ in range(rounds):
                for kind, costs in found.items():
                    costs.append(await _one(server, http, path, kind))
    finally:
        server.stop()
    return {kind: Cost(*map(median, zip(*costs, strict=True))) for kind, costs in found.items()}


async def _one(server: processes.Server, http: aiohttp.ClientSession, path: str, kind: str) -> Cost:
    body = b""
    before = server.processor_seconds()
    for _ in range(PAGES):
        async with http.get(path, headers={"Accept": KINDS[kind]}) as response:
            body = await response.read()
    spent = (server.processor_seconds() - before) / PAGES
    read = orjson.loads if kind == "JSON" else _page().FromString
    start = time.thread_time()
    for _ in range(TIMES):
        read(body)
    return Cost(len(body), len(gzip.compress(body)), spent, (time.thread_time() - start) / TIMES)


def _page() -> type[Message]:
    return Messages(proto.source()).message("MessageList")


def table(found: dict[str, Cost]) -> list[str]:
    """Return the lines of the results' page."""
    json = found["JSON"]
    lines = ["## A page of 25 messages in JSON and in Protocol Buffers", ""]
    lines += ["| | bytes | gzipped | server, microseconds | reading in Python, microseconds |", "|---|---|---|---|---|"]
    for kind, cost in found.items():
        times = [f"{cost.server * 1e6:.0f}", f"{cost.reader * 1e6:.0f}"]
        lines.append(f"| {kind} | {cost.size:,.0f} | {cost.packed:,.0f} | {times[0]} | {times[1]} |")
    parts = [f"{other / one:.2f}" for one, other in zip(json, found["Protocol Buffers"], strict=True)]
    return [*lines, f"| part | {' | '.join(parts)} |", ""]
