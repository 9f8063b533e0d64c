"""Nodes of a bus: what each one heard, waited for and never slept for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.clients import PATIENCE
from tests.redis_server import RedisServer
from ws import Pace, open_bus
from ws.bus import Bus

BUSES = ["memory", "redis"]
PACE = Pace(beat_seconds=0.1, deaf_seconds=0.6)


class Node:
    """One end of a bus."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[tuple[str, bytes]] = []
        self.taken = 0
        self.times_restored = 0
        self._changed = asyncio.Event()

    async def open(self) -> None:
        await self.bus.open(self._receive, self._restored)

    async def next(self) -> tuple[str, bytes]:
        """Wait for what arrives next."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) <= self.taken:
                await self.news()
        self.taken += 1
        return self.heard[self.taken - 1]

    async def restored(self, times: int) -> None:
        """Wait until this node was told so often that it may have missed something."""
        async with asyncio.timeout(PATIENCE):
            while self.times_restored < times:
                await self.news()

    async def news(self) -> None:
        """Wait until anything happens."""
        async with asyncio.timeout(PATIENCE):
            await self._changed.wait()
        self._changed.clear()

    def _receive(self, channel: str, payload: bytes) -> None:
        self.heard.append((channel, payload))
        self._changed.set()

    def _restored(self) -> None:
        self.times_restored += 1
        self._changed.set()


class Nodes:
    """Opens nodes of the same bus, and closes them."""

    def __init__(self, redis: RedisServer | None) -> None:
        self.redis = redis
        self._opened: list[Node] = []

    async def open(self, pace: Pace = PACE) -> Node:
        if self.redis is None and self._opened:
            return self._opened[0]
        node = Node(open_bus(self.redis.url if self.redis else "memory://", pace))
        self._opened.append(node)
        await node.open()
        return node

    async def close(self) -> None:
        for node in self._opened:
            await node.bus.close()


@asynccontextmanager
async def nodes_on(kind: str, folder: Path) -> AsyncIterator[Nodes]:
    """Keep a bus of this kind for as long as it is needed, with a Redis of its own."""
    redis = RedisServer(folder) if kind == "redis" else None
    if redis is not None:
        redis.start()
    nodes = Nodes(redis)
    try:
        yield nodes
    finally:
        await nodes.close()
        if redis is not None:
            redis.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds, asking every few milliseconds, and not for ever."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
