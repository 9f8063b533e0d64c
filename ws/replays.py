"""What clients missed, read from storage once for all who missed the same."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from chatsrv.services.streams import Event, Missed, Part, Replay

_MOST = 256

Result = TypeVar("Result")


class Reader(Protocol):
    """What storage knows of streams."""

    def head(self, stream: str) -> Awaitable[int]:
        """Return the latest number of the stream."""

    def missed(self, stream: str, since: int) -> Coroutine[Any, Any, Missed]:
        """Say whether what came after a number can be told."""

    def part(self, stream: str, since: int) -> Coroutine[Any, Any, Part]:
        """Return the first of what came after a number."""

    def events(self, entries: Sequence[Any], since: int, person: int) -> Awaitable[list[Event]]:
        """Return them as a person sees them."""


class Replays:
    """Remembers a bounded number of readings: a crowd that comes back costs one for each stream and head of it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._readings: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()

    async def of(self, stream: str, since: int, person: int, *, reached: int) -> AsyncIterator[Replay]:
        """Yield what the person missed after ``since`` in small parts, each read when it is asked for.

        The stream has ``reached`` that number; readings are shared until it goes on, so none is out of date. The last
        part ends with the latest number that there is by then.
        """
        missed = await self._once((stream, since, reached, "missed"), partial(self._reader.missed, stream, since))
        if not missed.recovered:
            yield Replay(False, missed.head, [])
            return
        at, read = since, 0
        while True:
            key = stream, at, reached
            part = await self._once(key, partial(self._reader.part, stream, at))
            at, read = part.head, read + len(part.entries)
            yield Replay(True, at, await self._reader.events(part.entries, since, person))
            # Who writes faster than the client reads is not followed for ever; what is live has waited.
            if part.last or (at >= missed.head and read > missed.most):
                break
        if at < reached:
            self._readings.pop(key, None)

    async def _once(self, key: Hashable, read: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        reading = self._readings.get(key)
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception() is not None)):
            reading = self._readings[key] = asyncio.create_task(read())
        self._readings.move_to_end(key)
        if len(self._readings) > _MOST:
            self._readings.popitem(last=False)
        result: Result = await asyncio.shield(reading)
        return result
