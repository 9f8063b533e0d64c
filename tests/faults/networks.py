"""Faults between client and server: each happens under load, and is over when it returns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.crowds import Crowd
from tests.faults.proxy import Proxy, Weather

BAD = Weather(delay_seconds=0.03, cuts=0.01, splits=0.2, repeats=0.2)
NONCES = [f"said {number}" for number in range(15)]


async def bad_weather(crowd: Crowd, doors: list[Proxy]) -> None:
    """Delay, cut, split, repeat and reorder, while clients write over their sockets too."""
    for door in doors:
        door.weather = BAD
    await say(crowd)
    for door in doors:
        door.weather = Weather()


async def storm(crowd: Crowd, doors: list[Proxy], times: int = 10) -> None:
    """Reset every connection, again and again, so that all come back at once; they are back when it returns."""
    async with _everybody_comes_back(crowd):
        for _ in range(times):
            await crowd.more(5)
            for door in doors:
                door.cut_all()
            await asyncio.sleep(0.3)


async def silence(crowd: Crowd, doors: list[Proxy]) -> None:
    """Let all connections be half open: each end believes in them, and nothing arrives any more."""
    async with _everybody_comes_back(crowd):
        for door in doors:
            door.swallow()


@asynccontextmanager
async def _everybody_comes_back(crowd: Crowd) -> AsyncIterator[None]:
    before = [one["returns"] for one in await crowd.clients.report()]
    yield
    async with asyncio.timeout(60):
        while not all(map(_came_back, await crowd.clients.report(), before)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def _came_back(client: dict[str, Any], returns: int) -> bool:
    return bool(client["live"] and client["returns"] > returns)


async def say(crowd: Crowd) -> None:
    """Let clients send messages over their sockets, each with a nonce, and try again until they are answered."""
    for message in await crowd.clients.say(NONCES):
        await crowd.took(message)
