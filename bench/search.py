"""``python -m bench.search``: what searching costs: a page of few and many messages, and POST with and without."""

import asyncio
import os
import sys
from contextlib import ExitStack
from statistics import median
from typing import Any, NamedTuple

import aiohttp
import uvloop

from bench import processes
from bench.requests import load, request
from bench.rooms import TEXT, register
from chatsrv.services.rooms import INBOX
from storage.base import Draft
from storage.sqlite import SqliteStorage

FEW, MANY, ROOMS = 1_000, 100_000, 5_000
POSTING = {"none": "no message is searchable", "later": "noted, indexed later (chatsrv)", "at_once": "indexed at once"}
ASKED = {
    "hello number": "a word of every message",
    "777 hello": "a word of one message",
    "hel": "a beginning of every one",
}


class Pages(NamedTuple):
    """Medians of the requests a second, by what was asked and of how many messages."""

    rates: dict[str, dict[int, float]]
    rooms: float


async def measure(rounds: int) -> list[str]:
    """Return the lines of the page of results."""
    return [*_posting(await _measure_posting(rounds)), *_pages(await _measure_pages(rounds))]


async def _measure_posting(rounds: int) -> dict[str, float]:
    found: dict[str, list[float]] = {how: [] for how in POSTING}
    with ExitStack() as stack:
        servers = {}
        for how in POSTING:
            server = processes.chatsrv(indexing=how)
            stack.callback(server.stop)
            servers[how] = server, await _chat(server)
        for _ in range(rounds):
            for how, (server, (token, chat, _)) in servers.items():
                post = request("POST", f"/chats/{chat}/messages", token, f'{{"text": "{TEXT}"}}'.encode())
                found[how].append((await load(server.port, post)).rate)
                await _until_indexed(server, token)
    return {how: median(rates) for how, rates in found.items()}


async def _measure_pages(rounds: int) -> Pages:
    found: dict[str, dict[int, list[float]]] = {asked: {FEW: [], MANY: []} for asked in ASKED}
    rooms: list[float] = []
    with ExitStack() as stack:
        servers = {count: await _seeded(stack, count, 1) for count in (FEW, MANY)}
        many_rooms = await _seeded(stack, MANY, ROOMS)
        for _ in range(rounds):
            for asked in ASKED:
                for count, (server, token) in servers.items():
                    found[asked][count].append(await _searches(server, token, asked))
            rooms.append(await _searches(*many_rooms, "hello number", in_flight=1))
    rates = {asked: {count: median(values) for count, values in counts.items()} for asked, counts in found.items()}
    return Pages(rates, median(rooms))


async def _searches(server: processes.Server, token: str, asked: str, in_flight: int = 16) -> float:
    path = f"/search?kind=message&q={asked.replace(' ', '+')}"
    return (await load(server.port, request("GET", path, token), in_flight=in_flight, seconds=2)).rate


async def _seeded(stack: ExitStack, messages: int, rooms: int) -> tuple[processes.Server, str]:
    """Return our server with so many messages in so many rooms of one person."""
    folder = processes.data_folder()
    server = processes.chatsrv(folder)
    token, chat, person = await _chat(server)
    server.stop()
    streams = [f"chat:{chat}"] if rooms == 1 else [f"conversation:{room + 1}" for room in range(rooms)]
    await _fill(f"{folder}/chatsrv.db", messages, streams, person)
    server = processes.chatsrv(folder)
    stack.callback(server.stop)
    await _until_indexed(server, token)
    return server, token


async def _chat(server: processes.Server) -> tuple[str, int, int]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
        token = await register(http)
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post("/chats", json={"name": "Room"}, headers=headers) as response:
            chat = int((await response.json())["id"])
        async with http.get("/user/me", headers=headers) as response:
            return token, chat, int((await response.json())["id"])


async def _until_indexed(server: processes.Server, token: str) -> None:
    """Wait for a search, which brings the index up to date; refused when it takes long."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", headers=headers) as http:
        status = 0
        while status != 200:
            async with http.get("/search?kind=user&q=nothing") as response:
                status = response.status
                assert status in (200, 503), await response.text()


async def _fill(path: str, count: int, streams: list[str], person: int) -> None:
    storage = SqliteStorage(path)
    await storage.open((INBOX,))
    if len(streams) > 1:
        inbox = [(f"{person}:{stream[13:]}", int(stream[13:])) for stream in streams]
        records = [{"id": id, "person": person, "conversation": room, "peer": 1, "last": room} for id, room in inbox]
        await asyncio.gather(*(storage.insert(INBOX.name, record) for record in records))
    for start in range(0, count, 2000):
        drafts = (_draft(number, streams[number % len(streams)], person) for number in range(start, start + 2000))
        await asyncio.gather(*(storage.append(draft) for draft in drafts if draft.id <= count))
    await storage.close()


def _draft(number: int, stream: str, person: int) -> Draft:
    fields: dict[str, Any] = {"text": f"Hello number {number}", "parent_id": 0, "created": 1_700_000_000_000}
    return Draft(number + 1, stream, "message", "message.new", person, fields | {"edited": False, "deleted": False})


def _posting(found: dict[str, float]) -> list[str]:
    lines = [
        "## POST of a message, 64 in flight, searchable or not",
        "",
        "| messages | a second | part |",
        "|---|---|---|",
    ]
    lines += [f"| {POSTING[how]} | {rate:,.0f} | {rate / found['none']:.2f} |" for how, rate in found.items()]
    return [*lines, ""]


def _pages(found: Pages) -> list[str]:
    lines = [
        "## GET of a page of found messages, 16 in flight",
        "",
        f"| asked for | a second of {FEW:,} | of {MANY:,} | part |",
        "|---|---|---|---|",
    ]
    for asked, rates in found.rates.items():
        lines.append(f"| {ASKED[asked]} | {rates[FEW]:,.0f} | {rates[MANY]:,.0f} | {rates[MANY] / rates[FEW]:.2f} |")
    rest = (
        f"Of somebody in {ROOMS:,} conversations with {MANY:,} messages, one in flight: {1000 / found.rooms:,.0f} ms."
    )
    return [*lines, "", rest, ""]


if __name__ == "__main__":
    os.sched_setaffinity(0, {processes.GENERATOR_CORE})
    print("\n".join(uvloop.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5))))
