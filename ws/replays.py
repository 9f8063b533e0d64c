"""What clients missed, read from storage once for all who missed the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable
from typing import Protocol

from chatsrv.services.streams import Missed, Replay

_MOST = 64


class Reader(Protocol):
    """What storage knows of streams."""

    def head(self, stream: str) -> Awaitable[int]:
        """Return the latest number of the stream."""

    def missed(self, stream: str, since: int) -> Awaitable[Missed]:
        """Return what came after a number."""

    def show(self, missed: Missed, person: int) -> Awaitable[Replay]:
        """Return that as a person sees it."""


class Replays:
    """Remembers a bounded number of readings: a crowd that comes back at once costs as many as it has streams."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._readings: OrderedDict[tuple[str, int], asyncio.Task[Missed]] = OrderedDict()

    async def of(self, stream: str, since: int, person: int, *, reached: int) -> Replay:
        """Return what the person missed after ``since``, up to ``reached`` at least.

        Whoever goes on hearing what comes after ``reached`` misses nothing, however old the reading is.
        """
        key = stream, since
        reading = self._reading(key)
        missed = await asyncio.shield(reading)
        if missed.head < reached:
            if self._readings.get(key) is reading:
                del self._readings[key]
            missed = await asyncio.shield(self._reading(key))
        return await self._reader.show(missed, person)

    def _reading(self, key: tuple[str, int]) -> asyncio.Task[Missed]:
        reading = self._readings.get(key)
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception() is not None)):
            reading = self._readings[key] = asyncio.create_task(self._read(*key))
        self._readings.move_to_end(key)
        if len(self._readings) > _MOST:
            self._readings.popitem(last=False)
        return reading

    async def _read(self, stream: str, since: int) -> Missed:
        return await self._reader.missed(stream, since)
