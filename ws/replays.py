"""What clients missed, read from storage once for all who missed the same, and in parts: nobody holds more than one."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from chatsrv.services.streams import PART, Missed, Replay

_MOST = 64

Read = Callable[[str, int], Awaitable[Missed]]


class Reader(Protocol):
    """What storage knows of streams."""

    resume_changes: int
    """More than so many changes are too much to tell."""

    def head(self, stream: str) -> Awaitable[int]:
        """Return the latest number of the stream."""

    def measure(self, stream: str, since: int) -> Awaitable[Missed]:
        """Say whether too much came after a number."""

    def part(self, stream: str, since: int) -> Awaitable[Missed]:
        """Return the first few of what came after a number."""

    def show(self, missed: Missed, person: int) -> Awaitable[Replay]:
        """Return that as a person sees it."""


class Replays:
    """Remembers a bounded number of readings: a crowd that comes back at once costs as many as it has streams."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._most_told = reader.resume_changes
        self._readings: OrderedDict[tuple[Read, str, int], asyncio.Task[Missed]] = OrderedDict()

    async def of(self, stream: str, since: int, person: int, *, reached: int) -> AsyncIterator[Replay]:
        """Yield what the person missed after ``since``, up to ``reached`` at least, each part when it is asked for.

        Whoever goes on hearing what comes after ``reached`` misses nothing, however old the readings are.
        """
        if reached - since > self._most_told:
            measured = await self._fresh(self._reader.measure, stream, since, reached)
            if not measured.recovered:
                yield Replay(False, measured.head, [])
                return
        told, after = 0, since
        while True:
            part = await self._fresh(self._reader.part, stream, after, reached)
            yield await self._reader.show(part._replace(since=since), person)
            told, after = told + len(part.entries), part.head
            # Who writes faster than the client reads is not followed for ever: what is live has waited.
            if len(part.entries) < PART or (after >= reached and told > self._most_told):
                return

    async def _fresh(self, read: Read, stream: str, since: int, reached: int) -> Missed:
        """Return a reading; one that ends before ``reached`` is made anew."""
        key = read, stream, since
        reading = self._reading(key)
        missed = await asyncio.shield(reading)
        if missed.head < reached and len(missed.entries) < PART:
            if self._readings.get(key) is reading:
                del self._readings[key]
            missed = await asyncio.shield(self._reading(key))
        return missed

    def _reading(self, key: tuple[Read, str, int]) -> asyncio.Task[Missed]:
        reading = self._readings.get(key)
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception() is not None)):
            reading = self._readings[key] = asyncio.create_task(self._read(*key))
        self._readings.move_to_end(key)
        if len(self._readings) > _MOST:
            self._readings.popitem(last=False)
        return reading

    @staticmethod
    async def _read(read: Read, stream: str, since: int) -> Missed:
        return await read(stream, since)
