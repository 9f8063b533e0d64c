"""Two processes and a Redis: the event is posted to the one, the thousand members are on the other."""

import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from operator import sub
from pathlib import Path
from statistics import median

from bench import processes
from bench.measurement import Chart, Measurement, Promise, Samples, table
from bench.members import Room
from bench.processes import Server
from bench.rooms import MEMBERS, session
from bench.servers import NODE, OURS, STOCK
from bench.stages import prepare
from bench.watching import watched
from tests.mongodb import MongoServer
from tests.redis_server import RedisServer

EVENTS, WARM_UP = 100, 20
_MOST = {NODE: 0.55, STOCK: 0.10}


async def measure(rounds: int) -> Samples:
    """Return the receiver's seconds a delivery, the poster's an event, and how long until members here and there."""
    found = Samples()
    with _databases() as (redis, mongodb):
        for turn in range(rounds):
            ours = {"STORAGE": mongodb.url(f"across_{turn}"), "BUS": redis.url, "SECRET": "x" * 40}
            pairs: dict[str, Callable[[], Server]] = {
                OURS: partial(processes.chatsrv, **{f"CHATSRV_{name}": value for name, value in ours.items()}),
                NODE: partial(processes.peer, "socketio_node", BENCH_REDIS=redis.url),
                STOCK: partial(processes.peer, "socketio_python", BENCH_REDIS=redis.url),
            }
            for name, start in pairs.items():
                found.add(name, **await _pair(start))
    return found


@contextmanager
def _databases() -> Iterator[tuple[RedisServer, MongoServer]]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis, mongodb = RedisServer(Path(folder)), MongoServer(Path(folder))
        for server in (redis, mongodb):
            server.start()
            stack.callback(server.kill)
        yield redis, mongodb


async def _pair(start: Callable[[], Server]) -> dict[str, float]:
    with ExitStack() as stack:
        poster, receiver = (stack.enter_context(_running(start)) for _ in range(2))
        async with session(poster) as http:
            stage = await prepare(poster, http)
            here, there, post = stage.room(1), stage.room(MEMBERS), stage.event(http)
            await here.fill(poster.port)
            await there.fill(receiver.port)
            await _deliver(here, there, post, WARM_UP)
            with watched(receiver) as spent, watched(poster) as posting:
                await _deliver(here, there, post, EVENTS)
            for room in (here, there):
                room.empty()
    first = there.seconds[::MEMBERS]
    deliveries = MEMBERS * EVENTS
    return {
        "whole": spent.processor / deliveries,
        "kernel": spent.kernel / deliveries,
        "posting": posting.processor / EVENTS,
        "here": median(here.seconds),
        "there": median(first),
        "added": median(map(sub, first, here.seconds)),
        "last": median(there.seconds[MEMBERS - 1 :: MEMBERS]),
        "busy": spent.busy,
    }


async def _deliver(here: Room, there: Room, post: Callable[[], Awaitable[None]], events: int) -> None:
    for room in (here, there):
        room.forget()
    for _ in range(events):
        for room in (here, there):
            room.sent.append(time.perf_counter())
        await post()
        for room in (here, there):
            await room.everyone_gets(1)
    for room in (here, there):
        room.check(events)


@contextmanager
def _running(start: Callable[[], Server]) -> Iterator[Server]:
    server = start()
    try:
        yield server
    finally:
        server.stop()


def _table(found: Samples) -> list[str]:
    rows, delays = [], []
    for name in found:
        cost = [found.told(name, what, scale=1e6) for what in ("whole", "kernel")]
        part = f"{found.ratio(OURS, name, 'whole'):.2f}"
        rows.append([name, *cost, part, found.told(name, "posting", ".2f", 1e3), found.told(name, "busy", ".0%")])
        delays.append([name, *(found.told(name, what, ".2f", 1e3) for what in ("here", "there", "added", "last"))])
    costs = (
        "processor time | receiver, microseconds a delivery | of them in the kernel | chatsrv's part"
        " | poster, ms an event | generator"
    )
    times = (
        "ms since posting | a member of the poster's | the first of the receiver's | added | the last of the receiver's"
    )
    return [
        f"## Two processes and a Redis: posted to the one, {MEMBERS:,} members on the other",
        "",
        *table(costs, rows),
        "",
        *table(times, delays),
        "",
        "Node with `@socket.io/redis-adapter`, python-socketio with its `AsyncRedisManager`, chatsrv with `bus:",
        "redis://` and each message committed, before it is told, to MongoDB's stand-in of the tests; the others keep",
        "nothing. The poster has one member, so what crossing adds is seen event by event. The processes share a core;",
        "Redis and the database have the generator's.",
        "",
    ]


def _charts(found: Samples) -> list[Chart]:
    title = (
        f"Over Redis to {MEMBERS:,} members: the receiver's processor time per delivery, microseconds (less is better)"
    )
    return [Chart(title, found.ours_first("whole", 1e6), ".2f")]


def _promises(found: Samples) -> list[Promise]:
    what = f"the receiver's processor time per delivery over Redis, a room of {MEMBERS:,}"
    return [Promise(what, name, found.ratio(OURS, name, "whole"), most=_MOST[name]) for name in _MOST]


MEASUREMENT = Measurement("across", measure, _table, _charts, _promises)
