"""Faults between client and server: each happens under load, and is over when it returns."""

import asyncio
from contextlib import suppress

from tests.faults.crowds import Crowd
from tests.faults.proxy import Proxy, Weather

BAD = Weather(delay_seconds=0.03, cuts=0.01, splits=0.2, repeats=0.2)
_NOTICED_SECONDS = 20.0
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
        await _cut_all(doors)
    while not await _all_came_back(crowd, before):
        await _cut_all(doors)


async def silence(crowd: Crowd, doors: list[Proxy]) -> None:
    """Let all connections be half open: each end believes in them, and nothing arrives any more."""
    before, all_came_back = await _returns(crowd), False
    while not all_came_back:
        for door in doors:
            door.swallow()
        with suppress(TimeoutError):
            async with asyncio.timeout(_NOTICED_SECONDS):
                while not (all_came_back := await _all_came_back(crowd, before)):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)


async def _cut_all(doors: list[Proxy]) -> None:
    for door in doors:
        door.cut_all()
    await asyncio.sleep(0.3)


async def _returns(crowd: Crowd) -> list[int]:
    return [one["returns"] for one in await crowd.clients.report()]


async def _all_came_back(crowd: Crowd, before: list[int]) -> bool:
    """Wait until everybody is there; say whether each came back since: who polls has no connection for moments."""
    async with asyncio.timeout(60):
        while not all(one["live"] for one in await crowd.clients.report()):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    return all(now > then for now, then in zip(await _returns(crowd), before, strict=True))


async def say(crowd: Crowd) -> None:
    """Let clients send messages over their sockets, each with a nonce, and try again until they are answered."""
    for message in await crowd.clients.say(NONCES):
        await crowd.took(message)
