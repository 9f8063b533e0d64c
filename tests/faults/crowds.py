"""A chat under fault: who writes, who hears, what was acknowledged, and whether all of it is true in the end."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from tests.end_to_end.cluster import Writer
from tests.faults.clients import Clients, Seat
from tests.faults.worlds import World, memory

POLLING, WEBSOCKET, UPGRADING = "polling", "websocket", "polling+websocket"
TRANSPORTS = (POLLING, WEBSOCKET, UPGRADING)
_PATIENCE = 90.0
_MOST_GROWTH = 1.2
_chats = count(1)


class Crowd:
    """Writers over REST who try again with the same key until they are answered, and official clients who follow."""

    def __init__(
        self, world: World, writers: list[Writer], chat: int, clients: Clients, begin: int, http: aiohttp.ClientSession
    ) -> None:
        self.world = world
        self.writers = writers
        self.chat = chat
        self.clients = clients
        self.changes = 0
        self._begin = begin
        self._http = http
        self._acknowledged: dict[int, dict[str, Any]] = {}
        self._news = asyncio.Condition()
        self._running: list[asyncio.Task[None]] = []
        self._enough = False
        self._before: list[int] = []
        self.look()

    @property
    def path(self) -> str:
        """Where messages are posted and read."""
        return f"chats/{self.chat}/messages"

    async def write(self, each: int, *, pause: float = 0.0, text: str = "") -> None:
        """Let every writer make so many changes, one after the other."""
        await asyncio.gather(*(self._write(writer, each, pause, text) for writer in self.writers))

    @asynccontextmanager
    async def writing(self, *, pause: float = 0.03) -> AsyncIterator[None]:
        """Let all writers make changes until this ends, and all of them are acknowledged."""
        self._enough = False
        running = asyncio.create_task(self.write(1_000_000, pause=pause))
        self._running = [running]
        try:
            yield
            self._enough = True
            await running
        finally:
            self._running = []
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def more(self, changes: int) -> None:
        """Wait until so many more changes are acknowledged."""
        aim = self.changes + changes
        acknowledged = asyncio.create_task(self._reach(aim))
        await asyncio.wait([acknowledged, *self._running], timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        for writing in self._running:
            if writing.done():
                writing.result()
        assert acknowledged.done(), f"{self.changes} of {aim} changes after {_PATIENCE} s"

    async def _reach(self, aim: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: self.changes >= aim)

    async def _write(self, writer: Writer, each: int, pause: float, text: str) -> None:
        last: dict[str, Any] = {}
        for number in range(each):
            if self._enough:
                return
            if number % 4 == 2:
                edited = await writer.post(f"message/{last['id']}/edit", {"text": f"{number} again {text}"})
                await self.took(last | {key: edited[key] for key in ("text", "rev")})
            elif number % 4 == 3:
                votes = (await writer.post(f"message/{last['id']}/vote", {}))["votes"]
                await self.took(self._acknowledged[last["id"]] | {"votes": votes})
            else:
                last = await writer.post(self.path, {"text": f"{writer.nickname} {number} {text}"})
                await self.took(last)
            await asyncio.sleep(random.random() * pause)

    async def ask(self, path: str, body: Any) -> aiohttp.ClientResponse:
        """Post once, without a key; return the answer, whatever it is."""
        headers = {"Authorization": f"Bearer {self.writers[0].token}"}
        async with self._http.post(f"{self.world.urls[0]}{path}", json=body, headers=headers) as response:
            await response.read()
            return response

    async def online(self, writer: Writer) -> bool:
        """Whether a writer has a connection."""
        return bool((await self.writers[0].get(f"user/{writer.nickname}/details"))["online"])

    async def took(self, message: dict[str, Any]) -> None:
        """Remember that this change was acknowledged."""
        async with self._news:
            self.changes += 1
            self._acknowledged[message["id"]] = message
            self._news.notify_all()

    def look(self) -> None:
        """Remember how much memory the servers hold now, before the fault."""
        self._before = [memory(server) for server in self.world.servers]

    async def check(self) -> None:
        """Every acknowledged change is there once, in order, in storage and at every client; and nothing else is.

        No server has died by itself, and each is back at the memory that it held before, give or take a fifth.
        """
        await self._check_changes()
        async with asyncio.timeout(_PATIENCE):
            while too_much := [held for held in self._held() if not 0 < held[1] <= _MOST_GROWTH * held[0]]:
                assert all(now for _, now in too_much), "no process died that was not killed"
                await asyncio.sleep(0.1)

    def _held(self) -> list[tuple[int, int]]:
        return [(before, memory(one)) for before, one in zip(self._before, self.world.servers, strict=True)]

    async def _check_changes(self) -> None:
        stored = await self._stored()
        assert stored.keys() == self._acknowledged.keys(), "what is stored is what was acknowledged"
        for id, message in self._acknowledged.items():
            assert (stored[id]["text"], stored[id]["votes"]) == (message["text"], message["votes"]), "the latest change"
        # Numbers are dense, so a change that was made twice would show in the last of them.
        head = await self.head()
        assert head == self._begin + self.changes, (head, self._begin, self.changes)
        await self.clients.until(head)
        truth = {id: [one["seq"], one["rev"], one["text"], one["votes"]] for id, one in stored.items()}
        for heard in await self.clients.report():
            assert not heard["wrong"], heard["wrong"][:5]
            assert heard["numbers"] == sorted(set(heard["numbers"])), "each once, in order"
            assert dict(heard["things"]) == truth, "a client knows what storage knows"

    async def head(self) -> int:
        """Return the last number of the chat's stream, as the server tells it."""
        return await _head(self.writers[0], self.chat)

    async def _stored(self) -> dict[int, dict[str, Any]]:
        found: dict[int, dict[str, Any]] = {}
        path, before = self.path, ""
        while page := await self.writers[0].get(f"{path}{before}"):
            fresh = {message["id"]: message for message in page}
            assert len(fresh) == len(page), "no message is on a page twice"
            assert not fresh.keys() & found.keys(), "no message is on two pages"
            found |= fresh
            before = f"?before={page[-1]['id']}"
        return found


@asynccontextmanager
async def crowd(
    world: World,
    modules: Path,
    *,
    writers: int = 4,
    listeners: tuple[str, ...] = TRANSPORTS,
    through: list[str] | None = None,
    ack_patience: float = 5.0,
    repeats: bool = False,
) -> AsyncIterator[Crowd]:
    """Make a chat of its own with so many writers and these clients, who may come ``through`` a proxy's door.

    Packets may be told twice only where it ``repeats`` them.
    """
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        place = next(_chats)
        people = [Writer(world, f"writer{place}x{number}", http) for number in range(writers)]
        for person in people:
            await person.register()
        names = [person.nickname for person in people[1:]]
        chat = (await people[0].post("chats", {"name": "Crowd", "users": names}))["id"]
        begin = await _head(people[0], chat)
        doors = through or world.urls
        seats = [
            Seat(doors[number % len(doors)], transports, people[number % writers].token, f"chat:{chat}", begin)
            for number, transports in enumerate(listeners)
        ]
        clients = Clients(modules, seats, ack_patience=ack_patience, repeats=repeats)
        await clients.open()
        try:
            await clients.until(begin)
            yield Crowd(world, people, chat, clients, begin, http)
        finally:
            await clients.close()


async def _head(writer: Writer, chat: int) -> int:
    told = await writer.post("sync", {"streams": {}})
    return int(told["streams"][f"chat:{chat}"]["head"])
