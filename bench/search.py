"""What searching costs: a page of few and many messages, and POST with and without."""

import asyncio
from contextlib import ExitStack
from typing import Any

import aiohttp

from bench import processes
from bench.measurement import Measurement, Samples, table
from bench.requests import Load, load, request
from bench.stages import TEXT, register
from chatsrv.services.rooms import INBOX
from storage.base import Draft
from storage.sqlite import SqliteStorage

FEW, MANY, ROOMS = 1_000, 100_000, 5_000
_IN_ROOMS = "in many conversations"
POSTING = {"none": "no message is searchable", "later": "noted, indexed later (chatsrv)", "at_once": "indexed at once"}
ASKED = {
    "hello number": "a word of every message",
    "777 hello": "a word of one message",
    "hel": "a beginning of every one",
}


async def measure_posting(rounds: int) -> Samples:
    """Return how many messages a second are taken, by what is done for finding them; the servers take turns."""
    found = Samples()
    with ExitStack() as stack:
        servers = {}
        for how in POSTING:
            server = processes.chatsrv(indexing=how)
            stack.callback(server.stop)
            servers[how] = server, await _chat(server)
        for _ in range(rounds):
            for how, (server, (token, chat, _)) in servers.items():
                post = request("POST", f"/chats/{chat}/messages", token, f'{{"text": "{TEXT}"}}'.encode())
                rates = await load(server.port, post)
                found.add(how, rate=rates.rate, busy=rates.busy)
                if how != "none":
                    await _until_indexed(server, token)
    return found


async def measure_pages(rounds: int) -> Samples:
    """Return how many pages of found messages a second, by what is asked and of how many."""
    found = Samples()
    with ExitStack() as stack:
        servers = {count: await _seeded(stack, count, 1) for count in (FEW, MANY)}
        many_rooms = await _seeded(stack, MANY, ROOMS)
        for _ in range(rounds):
            for asked in ASKED:
                for count, (server, token) in servers.items():
                    rates = await _searches(server, token, asked)
                    found.add(asked, **{str(count): rates.rate, f"{count}_busy": rates.busy})
            found.add(_IN_ROOMS, rate=(await _searches(*many_rooms, "hello number", in_flight=1)).rate)
    return found


async def _searches(server: processes.Server, token: str, asked: str, in_flight: int = 16) -> Load:
    path = f"/search?kind=message&q={asked.replace(' ', '+')}"
    return await load(server.port, request("GET", path, token), in_flight=in_flight, seconds=2)


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
            async with http.get("/search?kind=message&q=nothing") as response:
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


def _posting(found: Samples) -> list[str]:
    rows = []
    for how in found:
        rates = [found.told(how, "rate", ",.0f"), found.told(how, "busy", ".0%")]
        rows.append([POSTING[how], *rates, f"{found.ratio(how, 'none', 'rate'):.2f}"])
    title = "## POST of a message, 64 in flight, searchable or not"
    return [title, "", *table("messages | a second | generator | part", rows), ""]


def _pages(found: Samples) -> list[str]:
    rows = []
    for asked, what in ASKED.items():
        part = found.median(asked, str(MANY)) / found.median(asked, str(FEW))
        rates = [found.told(asked, str(count), ",.0f") for count in (FEW, MANY)]
        rows.append([what, *rates, found.told(asked, f"{FEW}_busy", ".0%"), f"{part:.2f}"])
    heads = f"asked for | a second of {FEW:,} | of {MANY:,} | generator | part"
    rest = 1000 / found.median(_IN_ROOMS, "rate")
    return [
        "## GET of a page of found messages, 16 in flight",
        "",
        *table(heads, rows),
        "",
        f"Of somebody in {ROOMS:,} conversations with {MANY:,} messages, one in flight: {rest:,.0f} ms.",
        "",
    ]


MEASUREMENTS = (
    Measurement("posting", measure_posting, _posting),
    Measurement("search", measure_pages, _pages),
)
