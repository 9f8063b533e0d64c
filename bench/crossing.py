"""What Redis costs: an event on its way to another process, before that one's members; and the time it adds."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import orjson

from bench.measurement import Measurement, Samples, reached, table
from bench.processes import SERVER_CORE
from tests.redis_server import RedisServer
from ws import open_bus
from ws.bus import Bus

MEMBERS = (1, 100, 1000)
EVENTS, TIMES = 2000, 1000
STREAM = "chat:1"
_DELAY = "from publishing to hearing"
TEXT = "All happy families are alike; each unhappy family is unhappy in its own way."


async def measure(rounds: int) -> Samples:
    """Return the processor seconds of an event before the fan-out, by members; seconds from publishing to hearing."""
    found = Samples()
    with redis() as url:
        for _ in range(rounds):
            for members in MEMBERS:
                found.add(str(members), before=await _cost(url, members))
            found.add(_DELAY, redis=await _delay(url), memory=await _delay("memory://"))
    return found


@contextmanager
def redis() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.kill()


def _payload(seq: int | None) -> bytes:
    number = "-" if seq is None else seq
    data = {"id": 12345678901234, "seq": seq, "text": TEXT, "user": {"id": 1, "nickname": "lyova"}, "votes": 0}
    event = orjson.dumps(["message.new", {"stream": STREAM, "seq": seq, "data": data}])
    return f"{number} 42".encode() + event


async def _cost(url: str, members: int) -> float:
    receiver = await asyncio.create_subprocess_exec(
        *("taskset", "-c", str(SERVER_CORE), sys.executable, "-m", "bench.peers.receiving", url, str(members)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert receiver.stdin is not None
    assert receiver.stdout is not None
    out, into = receiver.stdout, receiver.stdin
    await out.readline()

    async def told() -> tuple[float, float, float]:
        into.write(b"\n")
        before, within, events = map(float, (await out.readline()).split())
        return before, within, events

    bus = open_bus(url)
    await bus.open(lambda *_: None, lambda: None)
    start, _, _ = await told()
    for seq in range(1, EVENTS + 1):
        bus.publish(STREAM, _payload(seq))
        if seq % 20 == 0:
            await asyncio.sleep(0.002)
    while (now := await told())[2] < EVENTS:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    into.close()
    await receiver.wait()
    await bus.close()
    return (now[0] - start) / EVENTS


async def _delay(url: str) -> float:
    """Return the median time from publishing to hearing, one event at a time."""
    heard = asyncio.Event()
    buses = [open_bus(url) for _ in range(2)] if url != "memory://" else [open_bus(url)]
    for bus in buses:
        await bus.open(lambda *_: heard.set(), lambda: None)
    sender, hearer = buses[0], buses[-1]
    await hearer.subscribe(STREAM)
    found = [await _once(sender, heard) for _ in range(TIMES)]
    for bus in buses:
        await bus.close()
    return median(found)


async def _once(sender: Bus, heard: asyncio.Event) -> float:
    payload = _payload(None)
    start = time.perf_counter()
    sender.publish(STREAM, payload)
    await heard.wait()
    heard.clear()
    return time.perf_counter() - start


def _table(found: Samples) -> list[str]:
    costs = [found.median(str(members), "before") for members in MEMBERS]
    added = found.median(_DELAY, "redis") - found.median(_DELAY, "memory")
    rows = [[str(members), found.told(str(members), "before", ".0f", 1e6)] for members in MEMBERS]
    return [
        "## An event that crosses Redis: processor time of the receiving process before its members",
        "",
        *table("members | microseconds", rows),
        "",
        f"The dearest is {max(costs) / min(costs):.2f} of the cheapest (wanted: the same, whatever the number).",
        f"From publishing to hearing, one at a time: {found.told(_DELAY, 'redis', scale=1e3)} ms over Redis,",
        f"{found.told(_DELAY, 'memory', scale=1e3)} ms in one process; added {added * 1e3:.2f} ms",
        f"(wanted at most 1: {reached(added <= 0.001)}).",
        "",
    ]


MEASUREMENT = Measurement("crossing", measure, _table)
