"""What the rate limits of every bus promise; two of a kind stand for two processes, in memory for one and the same."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from chatsrv.errors import Problem
from tests.nodes import BUSES, PACE
from tests.redis_server import RedisServer
from tests.within import within
from ws import open_rates

BURST = 10
SLOWLY = 0.001


class Shared:
    """The same limit at two processes; in memory there is only one."""

    def __init__(self, url, stack):
        self.url = url
        self._stack = stack

    async def pair(self, name, rate=SLOWLY, burst=BURST, *, exact=False):
        processes = [open_rates(self.url, PACE) for _ in range(1 if self.url == "memory://" else 2)]
        for one in processes:
            await one.open()
            self._stack.push_async_callback(one.close)
        limits = [one.limit(name, rate, burst, exact=exact) for one in processes]
        return limits[0], limits[-1]


@pytest.fixture
async def shared(request):
    async with AsyncExitStack() as stack:
        bus = getattr(request, "param", "redis")
        yield Shared("memory://" if bus == "memory" else request.getfixturevalue("shared_redis").url, stack)


on_every_bus = pytest.mark.parametrize("shared", BUSES, indirect=True)


async def passes(limit, key="k"):
    try:
        await limit.take(key)
    except Problem as problem:
        return (problem.retry_after or 0) < 1
    return True


async def until(holds, seconds=10.0):
    """Wait until something holds that nobody announces."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@on_every_bus
async def test_one_asker_gets_one_allowance_whichever_process_is_asked(shared, request):
    pair = await shared.pair(request.node.name, exact=True)
    assert sum([await passes(pair[turn % 2]) for turn in range(3 * BURST)]) == BURST
    assert await passes(pair[0], "another")


@on_every_bus
async def test_of_many_who_ask_at_once_no_more_than_the_burst_pass(shared, request):
    pair = await shared.pair(request.node.name, exact=True)
    assert sum(await asyncio.gather(*(passes(one) for _ in range(2 * BURST) for one in pair))) == BURST


@on_every_bus
async def test_an_allowance_grows_again_with_time(shared, request):
    here, there = await shared.pair(request.node.name, rate=20, burst=2, exact=True)
    assert [await passes(here), await passes(there), await passes(here)] == [True, True, False]
    begun = time.monotonic()
    async with within(2):
        await until(lambda: passes(there))
    assert time.monotonic() - begun > 0.02


@on_every_bus
async def test_a_limit_is_not_shared_with_one_of_another_name(shared, request):
    one, _ = await shared.pair(request.node.name, burst=1, exact=True)
    other, _ = await shared.pair(f"{request.node.name} too", burst=1, exact=True)
    assert await passes(one)
    assert await passes(other)
    assert not await passes(one)


@on_every_bus
async def test_a_limit_that_does_not_wait_passes_no_more_than_its_burst_here(shared, request):
    here, _ = await shared.pair(request.node.name)
    assert sum([await passes(here) for _ in range(3 * BURST)]) == BURST


async def test_what_passed_here_is_soon_refused_there(shared, request):
    here, there = await shared.pair(request.node.name)
    for _ in range(BURST):
        await here.take("k")
    async with asyncio.timeout(5):
        # What it lets through until it is told is owed, and no more than its own burst.
        passed = 0
        while await passes(there):
            passed += 1
            await asyncio.sleep(0.1)
    assert passed < BURST
    assert await passes(there, "another")


async def test_a_limit_does_not_wait_for_redis(tmp_path):
    redis = RedisServer(tmp_path)
    redis.start()
    async with AsyncExitStack() as stack:
        stack.callback(redis.close)
        here, _ = await Shared(redis.url, stack).pair("frozen", rate=1000, burst=1000)
        redis.freeze()
        async with within(0.2):
            for _ in range(1000):
                await here.take("k")


@pytest.mark.parametrize("harm", ["freeze", "kill"])
async def test_without_redis_each_process_counts_on_its_own_and_together_again_afterwards(tmp_path, harm):
    redis = RedisServer(tmp_path)
    redis.start()
    async with AsyncExitStack() as stack:
        stack.callback(redis.close)
        here, there = await Shared(redis.url, stack).pair("away", exact=True)
        assert await passes(here)
        getattr(redis, harm)()
        async with within(5):
            alone = [await passes(here, "alone") for _ in range(BURST + 1)]
        assert alone == [True] * BURST + [False]
        assert await passes(there, "alone")
        {"freeze": redis.thaw, "kill": redis.start}[harm]()
        tries = iter(range(1000))

        async def together():
            key = f"again {next(tries)}"
            return sum([await passes(one, key) for _ in range(BURST) for one in (here, there)]) == BURST

        await until(together)
