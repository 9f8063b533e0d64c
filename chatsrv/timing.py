"""Stopwatches: how long storage takes, and how late the event loop wakes up."""

import asyncio
import inspect
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from chatsrv.measures import Times
from storage.base import Storage, Unavailable

_TICK_SECONDS = 0.5
_ONCE = {"open", "close"}


class Stopwatches:
    """What was measured in this process."""

    def __init__(self) -> None:
        self.storage: dict[str, Times] = {}
        self.failures: Counter[str] = Counter()
        self.loop = Times()

    def watch(self, storage: Storage) -> None:
        """Measure every call of the storage's promises from now on."""
        for name in sorted(Storage.__abstractmethods__ - _ONCE):
            work = getattr(storage, name)
            if inspect.iscoroutinefunction(work):
                setattr(storage, name, self._timed(name, work))

    async def watch_loop(self) -> None:
        """Measure for ever how late a timer fires: whatever held the loop up, every client waited so long."""
        while True:
            due = time.perf_counter() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            self.loop.add(max(0.0, time.perf_counter() - due))

    def _timed(self, name: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        times = self.storage[name] = Times()
        clock = time.perf_counter

        async def timed(*arguments: Any, **options: Any) -> Any:
            began = clock()
            try:
                return await work(*arguments, **options)
            except Unavailable:
                self.failures[name] += 1
                raise
            finally:
                times.add(clock() - began)

        return timed
