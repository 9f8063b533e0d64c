"""Faults of servers and of what they stand on: each happens once, under load, and is over when it returns."""

import asyncio
import random

from tests.faults.crowds import Crowd
from tests.faults.worlds import Pair


async def kill_a_server(crowd: Crowd) -> None:
    """End a server as a power cut would, in the middle of commits and of fan-out, and start it again."""
    await crowd.more(random.randint(1, 12))
    await asyncio.sleep(random.random() * 0.02)
    victim = random.choice(crowd.world.servers)
    await asyncio.to_thread(victim.kill)
    await asyncio.to_thread(victim.start)


async def stop_redis(crowd: Crowd) -> None:
    """End Redis, write on, start it again."""
    redis = _pair(crowd).redis
    await asyncio.to_thread(redis.kill)
    try:
        await crowd.more(20)
    finally:
        await asyncio.to_thread(redis.start)


async def freeze_redis(crowd: Crowd) -> None:
    """Let Redis keep its connections and say nothing, until servers have noticed; then let it go on."""
    redis = _pair(crowd).redis
    redis.freeze()
    try:
        await crowd.more(20)
        await asyncio.sleep(4)  # longer than push.deaf_seconds: this is what is tested
    finally:
        redis.thaw()


async def stop_mongodb(crowd: Crowd) -> None:
    """End MongoDB as a power cut would, and start it again."""
    mongodb = _pair(crowd).mongodb
    await asyncio.to_thread(mongodb.kill)
    await asyncio.sleep(random.random())
    await asyncio.to_thread(mongodb.start)


async def freeze_mongodb(crowd: Crowd) -> None:
    """Let MongoDB keep its connections and say nothing for a while."""
    mongodb = _pair(crowd).mongodb
    mongodb.freeze()
    await asyncio.sleep(3)  # this is what is tested
    mongodb.thaw()


def _pair(crowd: Crowd) -> Pair:
    assert isinstance(crowd.world, Pair)
    return crowd.world
