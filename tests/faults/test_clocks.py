"""A clock that is set an hour back, or forward, disturbs nobody: not ids, not order, not tokens, not connections."""

import asyncio
import time
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.end_to_end.cluster import Writer
from tests.faults.clocks import FakeClock
from tests.faults.crowds import Crowd, crowd

HOUR = 3600


@pytest.mark.parametrize("shift", [-HOUR, HOUR], ids=["back", "forward"])
async def test_a_clock_set_by_an_hour_loses_doubles_and_reorders_nothing(single, modules, tmp_path, shift):
    clock = FakeClock(tmp_path)
    world = single(environment=clock.environment)
    async with crowd(world, modules) as people, aiohttp.ClientSession() as http:
        async with people.writing():
            await people.more(20)
            clock.set(shift)
            await shifted(people, shift)
            await people.more(20)
            # Whoever comes now gets a token that works, and an account of their own.
            late = Writer(world, "latecomer", http)
            await late.register()
            assert (await late.get("chats/page/1")) == []
        # Nobody was cut off by that.
        assert all(one["returns"] == 0 for one in await people.clients.report())
        async with people.writing():
            await asyncio.to_thread(world.server.kill)
            await asyncio.to_thread(world.server.start)
            await people.more(20)
            clock.set(0)
            await people.more(20)
        await people.check()


async def shifted(people: Crowd, shift: int) -> None:
    """Write until the server's clock shows so many seconds more than ours."""
    async with asyncio.timeout(30):
        while abs(time.time() + shift - written(await tell(people))) > 60:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def tell(people: Crowd) -> dict[str, str]:
    """Write one message and return it."""
    said = await people.writers[0].post(people.path, {"text": "when"})
    await people.took(said)
    return dict(said)


def written(message: dict[str, str]) -> float:
    """Return the time that a message carries, in Unix seconds."""
    return datetime.fromisoformat(message["created"]).astimezone(UTC).timestamp()
