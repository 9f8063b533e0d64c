"""``python -m bench.drivers``: motor against PyMongo's own asyncio client, both under our engine, on one server.

What counts is the processor time of our own process for an operation: the server's part is the same for both.
"""

import asyncio
import datetime
import itertools
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench.processes import GENERATOR_CORE
from storage.base import Draft
from storage.mongo import MongoStorage
from storage.mongo_driver import DRIVERS
from tests.mongodb import MongoServer

ROUNDS = 5
OPERATIONS = 400
ENTRIES = 100
IN_FLIGHT = 16
RESULTS = Path(__file__).parent / "DRIVERS.md"
IDS = itertools.count(1)

Operation = Callable[[MongoStorage], Awaitable[object]]


class Cost(NamedTuple):
    """Of one operation: processor time (µs) with many in flight; time (ms) alone, the median and the 99th of 100."""

    processor: float
    median: float
    slowest: float


def _append(storage: MongoStorage) -> Awaitable[object]:
    number = next(IDS)
    return storage.append(Draft(number, f"written:{number}", "message", "message.new", 1, {"text": "x" * 100}))


OPERATIONS_OF: dict[str, Operation] = {
    "read an entry": lambda storage: storage.entry(10**9),
    "read a page of 25": lambda storage: storage.page("read", "message", limit=25),
    "append an entry": _append,
}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = MongoServer(Path(folder))
        server.start()
        os.sched_setaffinity(0, {GENERATOR_CORE})
        try:
            found = await _measure(server)
        finally:
            server.kill()
    text = "\n".join(_table(found))
    RESULTS.write_text(text + "\n")
    print(text)


async def _measure(server: MongoServer) -> dict[tuple[str, str], list[Cost]]:
    """Return the costs of each operation and driver, a round each; in a round the drivers take turns."""
    found: dict[tuple[str, str], list[Cost]] = {(name, driver): [] for name in OPERATIONS_OF for driver in DRIVERS}
    for number in range(ROUNDS):
        for driver in DRIVERS if number % 2 else reversed(DRIVERS):
            # A database of their own: FerretDB reads all of a collection, so it must not have grown.
            storage = MongoStorage(server.url(f"bench_{number}_{driver}"), driver=driver)
            await storage.open(())
            for offset in range(ENTRIES):
                await storage.append(Draft(10**9 + offset, "read", "message", "message.new", 1, {"text": "x" * 100}))
            for name, operation in OPERATIONS_OF.items():
                found[name, driver].append(await _cost(operation, storage))
            await storage.close()
    return found


async def _cost(operation: Operation, storage: MongoStorage) -> Cost:
    alone: list[float] = []
    for _ in range(OPERATIONS // 4):
        begin = time.perf_counter()
        await operation(storage)
        alone.append((time.perf_counter() - begin) * 1e3)
    left = iter(range(OPERATIONS))

    async def work() -> None:
        for _ in left:
            await operation(storage)

    begin = time.process_time()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    processor = (time.process_time() - begin) / OPERATIONS * 1e6
    return Cost(processor, statistics.median(alone), statistics.quantiles(alone, n=100)[-1])


def _table(found: dict[tuple[str, str], list[Cost]]) -> list[str]:
    lines = [
        "# MongoDB's drivers",
        "",
        f"{datetime.datetime.now(datetime.UTC).date()}, Python {platform.python_version()}, motor {version('motor')}, "
        f"pymongo {version('pymongo')}; the server is what the tests use (docs/testing.md).",
        f"Medians of {ROUNDS} rounds in which the drivers take turns. `python -m bench.drivers` writes this page.",
        "",
        f"| operation | driver | processor time, {IN_FLIGHT} in flight (µs) | alone, median (ms) | alone, p99 (ms) |",
        "|---|---|---|---|---|",
    ]
    for (name, driver), costs in found.items():
        processor, median, slowest = (statistics.median(column) for column in zip(*costs, strict=True))
        lines.append(f"| {name} | {driver} | {processor:.0f} | {median:.2f} | {slowest:.2f} |")
    return lines


if __name__ == "__main__":
    asyncio.run(main())
