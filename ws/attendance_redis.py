"""Who is connected to any process, kept on Redis; a process that stops beating is forgotten by the others."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from chatsrv.services.attendance import Attendance, Died, Noticed
from ws.attendance_scripts import ARRIVE, BEAT, DEPART, HERE, LEAVE, ONLINE, REGISTER, UNREGISTER
from ws.bus import Pace
from ws.redis_link import Link, Pipe, chunks, keep

_AT_ONCE = 1000
_ANSWER_SECONDS = 1.0
_AWAY = "this process is not known on Redis"


class RedisAttendance(Attendance):
    """Each process writes down its people and beats; who finds one without a beat removes it and tells of its people.

    Whatever was answered without Redis is doubtful: when Redis is back, those people are looked up and told anew.
    A process that only stalled and was taken for dead, or whose people Redis has lost, writes them down again.
    """

    def __init__(self, url: str, pace: Pace, gone_seconds: float) -> None:
        self._url = url
        self._pace = pace
        self._gone_seconds = gone_seconds
        self._known_since = 0.0
        self._me = secrets.token_hex(8)
        self._here: Counter[int] = Counter()
        self._doubtful: set[int] = set()
        self._doubts = asyncio.Event()
        self._linked = self._leaving = False
        self._tried, self._known = asyncio.Event(), asyncio.Event()
        self._pipe = Pipe(pace.queue, pace.queue_bytes)
        self._tasks: list[asyncio.Task[None]] = []
        self._noticed: Noticed
        self._died: Died

    async def open(self, noticed: Noticed, died: Died) -> None:
        self._noticed, self._died = noticed, died
        self._tasks = [
            asyncio.create_task(keep(self._live, self._fell)),
            asyncio.create_task(self._tell_of_the_doubtful()),
        ]
        await self._tried.wait()

    async def close(self) -> None:
        self._leaving = True
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._ask(LEAVE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self._here.clear()

    async def arrive(self, person: int) -> bool:
        self._here[person] += 1
        return self._here[person] == 1 and await self._move(ARRIVE, person)

    async def depart(self, person: int) -> bool:
        self._here[person] -= 1
        if self._here[person] > 0:
            return False
        del self._here[person]
        return await self._move(DEPART, person)

    async def online(self, persons: Iterable[int]) -> set[int]:
        wanted = set(persons)
        found = {person for person in wanted if person in self._here}
        for some in chunks(wanted - found, _AT_ONCE):
            found.update(int(person) for person in await self._ask(ONLINE, *some) or ())
        return found

    async def _move(self, script: str, person: int) -> bool:
        """Return whether it changes where the person is; what Redis can not say is told anew when it can."""
        answer = await self._ask(script, person)
        if answer is None or answer < 0:
            self._known.clear()  # the next beat writes down who is here
            self._doubt([person])
            return True
        return bool(answer)

    async def _ask(self, script: str, *words: int) -> Any:
        """Return what the script answers, None while Redis is away."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if not (self._linked and self._pipe.put("EVAL", script, 0, self._me, *words, answer=answer)):
            return None
        return await answer

    async def _live(self) -> None:
        link = Link(self._url, min(_ANSWER_SECONDS, self._pace.deaf_seconds))
        try:
            await link.open()
            async with asyncio.TaskGroup() as tasks:
                self._linked = True
                tasks.create_task(self._pipe.run(link))
                while True:
                    if self._leaving or not await self._beat():
                        await asyncio.sleep(self._pace.beat_seconds)
        finally:
            await link.close()

    def _fell(self) -> None:
        self._linked = False
        self._known.clear()
        self._pipe.drop()
        self._tried.set()

    async def _beat(self) -> bool:
        """Say that this process lives, forget those that do not; return whether there is more to forget."""
        answer = await self._ask(BEAT, int(self._gone_seconds * 1000))
        if answer is None:
            raise ConnectionError(_AWAY)
        known, swept, died, more, *gone = (int(word) for word in answer)
        if swept or not known or not self._known.is_set():
            await self._register(swept=bool(swept))
        if not self._known.is_set():
            self._known_since = time.monotonic()
            self._known.set()
        self._tried.set()
        self._doubt(gone)
        if died:
            self._died()
        return bool(more)

    async def _register(self, *, swept: bool) -> None:
        """Have Redis know exactly those who are here."""
        answer = await self._ask(HERE)
        if answer is None:
            raise ConnectionError(_AWAY)
        written = {int(person) for person in answer}
        # No await from here on: whoever comes or goes meanwhile is written behind this, in order.
        for script, persons in ((REGISTER, self._here.keys() - written), (UNREGISTER, written - self._here.keys())):
            for some in chunks(persons, _AT_ONCE):
                self._pipe.urge("EVAL", script, 0, self._me, *some)
        if swept:
            self._doubt(self._here.keys())

    def _doubt(self, persons: Iterable[int]) -> None:
        self._doubtful.update(persons)
        if self._doubtful:
            self._doubts.set()

    async def _tell_of_the_doubtful(self) -> None:
        while True:
            await self._doubts.wait()
            await self._known.wait()
            # Those who lost Redis together with this process need a while to write their people down again.
            settling = self._known_since + self._gone_seconds - time.monotonic()
            if settling > 0:
                await asyncio.sleep(settling)
            elif not self._doubtful:
                self._doubts.clear()
            else:
                await self._tell_of(self._doubtful.pop())

    async def _tell_of(self, person: int) -> None:
        online = person in await self.online([person])
        if self._known.is_set():
            await self._noticed(person, online)
        else:
            self._doubt([person])
