"""Errands: work that follows from what is stored, done soon, and done again when a process died in the midst of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from storage.base import Unavailable

_LOG = logging.getLogger("chatsrv")
_AGAIN_SECONDS = 2

Errand = Callable[[], Awaitable[None]]
"""Does what is to be done; may be called at any time, by several processes at once, and changes nothing when done."""


class Errands:
    """Runs all errands when the server starts, when somebody says that there is work, and now and then."""

    def __init__(self) -> None:
        self._errands: list[Errand] = []
        self._work = asyncio.Event()

    def add(self, errand: Errand) -> None:
        """Run this one too."""
        self._errands.append(errand)

    def wake(self) -> None:
        """Say that there is work."""
        self._work.set()

    async def run(self) -> None:
        """Run them until cancelled; what fails is logged and tried again."""
        while True:
            self._work.clear()
            await self.do_all()
            try:
                async with asyncio.timeout(_AGAIN_SECONDS):
                    await self._work.wait()
            except TimeoutError:
                continue

    async def do_all(self) -> None:
        """Run each once; what fails is logged."""
        for errand in self._errands:
            try:
                await errand()
            except Unavailable:
                _LOG.warning("storage is away: what is to be told is told later")
            except Exception:
                _LOG.exception("an errand failed")
