"""Clients that do not read cost a bounded amount of memory and nobody's time, and miss nothing once they read again."""

import asyncio

import pytest

from tests.faults.crowds import TRANSPORTS, Crowd, crowd
from tests.faults.deaf import Deaf
from tests.faults.worlds import Single, memory

DEAF = 200
BUFFER = 262_144
LONG = "x" * 20_000
SETTINGS = {"limits_text_chars": "50000", "push_ping_interval_seconds": "60", "push_ping_timeout_seconds": "60"}


@pytest.mark.parametrize("resuming", [False, True])
async def test_a_client_that_does_not_read_holds_at_most_256_kib_and_misses_nothing(single, modules, resuming):
    world = single(**SETTINGS)
    async with crowd(world, modules, writers=5, listeners=TRANSPORTS) as people:
        stream = f"chat:{people.chat}" if resuming else ""
        await people.write(20, text=LONG)
        fresh = memory(world.server)
        most = await flood(people, world, stream)
        assert most - fresh <= DEAF * BUFFER + fresh / 5, (most, fresh)
        # Memory that the first flood took for good is used again by the next ones.
        people.look()
        people.clients.freeze()
        await flood(people, world, stream)
        people.clients.thaw()
        await people.check()


async def flood(people: Crowd, world: Single, stream: str) -> int:
    """Write until the server has closed many clients that do not read; return the most memory that it held."""
    deaf = Deaf(world.urls[0], people.writers[-1].token)
    await deaf.connect(DEAF, resuming=stream)
    seen = [memory(world.server)]
    looking = asyncio.create_task(look(world, seen))
    async with asyncio.timeout(90):
        while await people.online(people.writers[-1]):
            await people.write(4, text=LONG)
    looking.cancel()
    await deaf.close()
    return max(seen)


async def look(world: Single, seen: list[int]) -> None:
    """Note the server's memory all the time."""
    while True:
        seen.append(memory(world.server))
        await asyncio.sleep(0.005)
