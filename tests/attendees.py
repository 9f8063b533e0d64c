"""Processes that count who is there: in this process, or real ones that can be killed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chatsrv.services.attendance import Attendance
from tests.clients import PATIENCE
from tests.nodes import PACE, until
from tests.redis_server import RedisServer
from ws import open_attendance
from ws.bus import Pace

GONE = 0.8
_ROOT = Path(__file__).parent.parent


class Attendees:
    """Opens attendances on the same Redis, and keeps what each was told."""

    def __init__(self, redis: RedisServer | None) -> None:
        self.redis = redis
        self.told: list[list[tuple[int, bool]]] = []
        self.deaths: list[int] = []
        self._opened: list[Attendance] = []
        self._processes: list[subprocess.Popen[str]] = []

    @property
    def url(self) -> str:
        return self.redis.url if self.redis else "memory://"

    async def open(self, pace: Pace = PACE, gone_seconds: float = GONE) -> Attendance:
        if self.redis is None and self._opened:
            return self._opened[0]
        place = len(self._opened)
        self.told.append([])
        self.deaths.append(0)

        async def noticed(person: int, online: bool) -> None:
            self.told[place].append((person, online))

        def died() -> None:
            self.deaths[place] += 1

        one = open_attendance(self.url, pace, gone_seconds=gone_seconds)
        self._opened.append(one)
        await one.open(noticed, died)
        return one

    def _start(self, command: list[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    async def process(self, *persons: int) -> "subprocess.Popen[str]":
        """Start a process of its own, at which these people are; return when they are counted."""
        command = [sys.executable, "-m", "tests.attendees", self.url, *map(str, persons)]
        process = self._start(command)
        self._processes.append(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), PATIENCE) == "here\n"
        return process

    async def close(self) -> None:
        for one in self._opened:
            await one.close()
        for process in self._processes:
            process.kill()
            process.wait(PATIENCE)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


@asynccontextmanager
async def attendees_on(kind: str, folder: Path) -> AsyncIterator[Attendees]:
    """Keep attendances of this kind for as long as they are needed, with a Redis of their own."""
    redis = RedisServer(folder) if kind == "redis" else None
    if redis is not None:
        redis.start()
    attendees = Attendees(redis)
    try:
        yield attendees
    finally:
        await attendees.close()
        if redis is not None:
            redis.close()


async def _attend(url: str, persons: list[int]) -> None:
    attendees = Attendees(None)
    one = open_attendance(url, PACE, gone_seconds=GONE)

    async def noticed(person: int, online: bool) -> None:
        attendees.deaths.append(person)

    await one.open(noticed, lambda: None)
    for person in persons:
        await one.arrive(person)
    sys.stdout.write("here\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await one.close()


if __name__ == "__main__":
    asyncio.run(_attend(sys.argv[1], [int(word) for word in sys.argv[2:]]))

__all__ = ["GONE", "Attendees", "attendees_on", "until"]
