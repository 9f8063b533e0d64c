"""Faults between client and server: each happens under load, and is over when it returns."""

import asyncio
from contextlib import suppress
from typing import Any

from tests.faults.crowds import Crowd
from tests.faults.proxy import Proxy, Weather

BAD = Weather(delay_seconds=0.03, cuts=0.01, splits=0.2, repeats=0.2)
_PATIENCE = 20.0
NONCES = [f"said {number}" for number in range(15)]


async def bad_weather(crowd: Crowd, doors: list[Proxy]) -> None:
    """Delay, cut, split, repeat and reorder, while clients write over their sockets too."""
    for door in doors:
        door.weather = BAD
    await say(crowd)
    for door in doors:
        door.weather = Weather()


async def storm(crowd: Crowd, doors: list[Proxy], times: int = 10) -> None:
    """Reset every connection, again and again, so that all come back at once; each has, when it returns."""
    before = await _returns(crowd)
    for _ in range(times):
        await crowd.more(5)
        _cut_all(doors)
        await asyncio.sleep(0.3)
    while not await _all_came_back(crowd, before):
        _cut_all(doors)


async def silence(crowd: Crowd, doors: list[Proxy]) -> None:
    """Let all connections be half open: each end believes in them, and nothing arrives any more."""
    before = await _returns(crowd)
    _swallow(doors)
    while not await _all_came_back(crowd, before):
        _swallow(doors)


def _cut_all(doors: list[Proxy]) -> None:
    for door in doors:
        door.cut_all()


def _swallow(doors: list[Proxy]) -> None:
    for door in doors:
        door.swallow()


async def _returns(crowd: Crowd) -> list[int]:
    return [one["returns"] for one in await crowd.clients.report()]


async def _all_came_back(crowd: Crowd, before: list[int]) -> bool:
    """Wait until each came back since; False after a while, as somebody polled, and had no connection just then."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while not all(map(_came_back, await crowd.clients.report(), before)):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            return True
    return False


def _came_back(client: dict[str, Any], returns: int) -> bool:
    return bool(client["live"] and client["returns"] > returns)


async def say(crowd: Crowd) -> None:
    """Let clients send messages over their sockets, each with a nonce, and try again until they are answered."""
    for message in await crowd.clients.say(NONCES):
        await crowd.took(message)
