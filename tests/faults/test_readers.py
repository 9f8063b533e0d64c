"""Clients that do not read cost a bounded amount of memory and nobody's time, and miss nothing once they read again."""

import asyncio

import pytest

from tests.end_to_end.cluster import Writer
from tests.faults.crowds import Crowd, crowd
from tests.faults.deaf import Deaf
from tests.faults.worlds import Single, memory

DEAF = 200
BUFFER = 262_144
LONG = "x" * 20_000
SETTINGS = {"limits_text_chars": "50000", "push_ping_interval_seconds": "60", "push_ping_timeout_seconds": "60"}


@pytest.mark.parametrize("resuming", [False, True])
async def test_a_client_that_does_not_read_holds_at_most_256_kib_and_misses_nothing(single, modules, resuming):
    world = single(**SETTINGS)
    async with crowd(world, modules) as people:
        await people.write(20, text=LONG)
        before = memory(world.server)
        deaf = Deaf(world.urls[0], people.writers[-1].token)
        await deaf.connect(DEAF, resuming=f"chat:{people.chat}" if resuming else "")
        people.clients.freeze()
        most = await flood(people, world)
        people.clients.thaw()
        await deaf.close()
        await people.check()
        assert most - before <= DEAF * BUFFER + before / 5, (most, before)
        assert memory(world.server) <= 1.2 * before, (memory(world.server), before)


async def flood(people: Crowd, world: Single) -> int:
    """Write until the server has closed every client that does not read; return the most memory that it held."""
    most = 0
    async with asyncio.timeout(60):
        while await online(people.writers[0], people.writers[-1].nickname):
            await people.write(4, text=LONG)
            most = max(most, memory(world.server))
    return most


async def online(writer: Writer, nickname: str) -> bool:
    """Whether somebody has a connection."""
    return bool((await writer.get(f"user/{nickname}/details"))["online"])
