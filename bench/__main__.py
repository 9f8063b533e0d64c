"""``python -m bench [NAME...]``: measure all or what is named, keep the numbers, and write the page and the plot."""

import argparse
import asyncio
import os
import sys
import time
import traceback

import uvloop

from bench import (
    across,
    bursts,
    crossing,
    crowds,
    encodings,
    growth,
    messages,
    page,
    pages,
    results,
    rooms,
    scaling,
    school,
    search,
    spreading,
    uploads,
)
from bench.measurement import ROUNDS, Measurement
from bench.processes import GENERATOR_CORE, ROOT

MEASUREMENTS: tuple[Measurement, ...] = (
    rooms.MEASUREMENT,
    across.MEASUREMENT,
    bursts.MEASUREMENT,
    crowds.MEASUREMENT,
    messages.MEASUREMENT,
    *scaling.MEASUREMENTS,
    growth.MEASUREMENT,
    pages.MEASUREMENT,
    encodings.MEASUREMENT,
    *search.MEASUREMENTS,
    crossing.MEASUREMENT,
    spreading.MEASUREMENT,
    uploads.MEASUREMENT,
    school.MEASUREMENT,
)


def main() -> None:
    names = [one.name for one in MEASUREMENTS]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is taken (default: %(default)s)")
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page of what is kept")
    given = parser.parse_args()
    unknown = set(given.names) - set(names)
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    failed: list[str] = []
    if not given.page:
        os.sched_setaffinity(0, {GENERATOR_CORE})
        failed = [
            one.name for one in MEASUREMENTS if one.name in (given.names or names) and not _taken(one, given.rounds)
        ]
    print(page.write(ROOT, MEASUREMENTS))
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


def _taken(one: Measurement, rounds: int) -> bool:
    """Measure, and say whether it went well: what is void leaves the numbers of before, and the others go on."""
    try:
        uvloop.run(_take(one, rounds))
    except Exception:  # whatever went wrong with one
        traceback.print_exc()
        return False
    return True


async def _take(one: Measurement, rounds: int) -> None:
    print(f"{one.name}, {rounds} rounds", flush=True)
    load, begun = os.getloadavg()[0], time.monotonic()
    async with asyncio.timeout(60 * one.minutes):
        samples = await one.measure(rounds)
    seconds = time.monotonic() - begun
    found = (samples.numbers, rounds, seconds, load, results.today(), results.commit(), results.setup())
    results.keep(ROOT, one.name, results.Result(*found))


if __name__ == "__main__":
    main()
