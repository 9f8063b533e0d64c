"""``python -m tests.faults.soak``: faults for as long as asked; ends with 1 at the first promise that is broken.

``--kills N`` and ``--retries N`` count up to a number, on one server with SQLite (``single``) or on two with MongoDB
and Redis (``pair``); ``--minutes N`` runs all tests of this folder again and again.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults import deaths
from tests.faults.crowds import Crowd, crowd
from tests.faults.worlds import Pair, Single, World

_ROUND = 25
_COPIES = 5
_AT_ONCE = 16
KEYS = 500
_FOLDER = Path(__file__).parent
_MODULES = Path(os.environ.get("CHATSRV_NODE_MODULES", _FOLDER.parent / "node_modules"))

Count = Callable[[str], None]


async def kills(world: World, number: int, say: Count) -> None:
    """Kill servers so often in the middle of everything; check all of it after each round."""
    done = changes = clients = 0
    while done < number:
        async with crowd(world, _MODULES) as people:
            async with people.writing(pause=0.02):
                for _ in range(min(_ROUND, number - done)):
                    await deaths.kill_a_server(people)
                    done += 1
                await people.more(10)
            await people.check()
            changes += people.changes
            clients += len(await people.clients.report())
        say(f"{done} kills: {changes} acknowledged changes, none lost, none double, in order at {clients} clients")


async def retries(world: World, number: int, say: Count) -> None:
    """Send every message several times at once, with one key; each must be there once."""
    done = keys = refused = 0
    while done < number:
        async with crowd(world, _MODULES) as people, aiohttp.ClientSession() as http:
            names = iter(range(KEYS))

            async def worker(people: Crowd = people, http: aiohttp.ClientSession = http, names: Any = names) -> int:
                return sum([await _insist(people, http, name) for name in names])

            refused += sum(await asyncio.gather(*(worker() for _ in range(_AT_ONCE))))
            await people.check()
        done += KEYS * (_COPIES - 1)
        keys += KEYS
        say(f"{done} retries of {keys} messages, none double; {refused} answered 409, for the first was under way")


async def _insist(people: Crowd, http: aiohttp.ClientSession, name: int) -> int:
    """Post one message several times; return how often the answer was that it is under way."""
    writer = people.writers[name % len(people.writers)]
    headers = {"Authorization": f"Bearer {writer.token}", "Idempotency-Key": f"k{name}"}
    urls = people.world.urls

    async def post(copy: int) -> tuple[int, Any]:
        url = f"{urls[copy % len(urls)]}{people.path}"
        async with http.post(url, json={"text": str(name)}, headers=headers) as answer:
            return answer.status, await answer.json()

    replies = await asyncio.gather(*(post(copy) for copy in range(_COPIES // 2)))
    replies += [await post(copy) for copy in range(_COPIES // 2, _COPIES)]
    made = [body for status, body in replies if status == 200]
    assert {status for status, _ in replies} <= {200, 409}, replies
    assert len({message["id"] for message in made}) == 1, made
    await people.took(made[0])
    return len(replies) - len(made)


def everything(minutes: float, say: Count) -> None:
    """Run all tests of faults until the time is over, at least once."""
    end, rounds = time.monotonic() + minutes * 60, 0
    while time.monotonic() < end or not rounds:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", str(_FOLDER)]
        assert subprocess.run(command, check=False).returncode == 0, "a promise is broken"
        rounds += 1
        say(f"{rounds} rounds of all faults")


def main() -> int:
    """Do what is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--retries", type=int, default=0)
    parser.add_argument("--on", choices=["single", "pair"], default="single")
    parser.add_argument("--minutes", type=float, default=0)
    given = parser.parse_args()
    begun = time.monotonic()

    def say(words: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:7.0f} s  {words}\n")
        sys.stdout.flush()

    if given.kills:
        _on(given.on, lambda world: kills(world, given.kills, say))
    if given.retries:
        _on(given.on, lambda world: retries(world, given.retries, say))
    if given.minutes or not (given.kills or given.retries):
        everything(given.minutes, say)
    return 0


def _on(kind: str, work: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    with tempfile.TemporaryDirectory(prefix="chatsrv-soak-") as folder:
        world: World = Single(Path(folder), forked=True) if kind == "single" else Pair(Path(folder))
        try:
            asyncio.run(work(world))
        finally:
            world.close()


if __name__ == "__main__":
    sys.exit(main())
