"""Searching in SQLite: in a thread of its own, so that the loop goes on, and for a bounded time."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from storage.base import Unavailable
from storage.sqlite_search import Index
from storage.sqlite_writer import Writer
from storage.words import Wanted

_WAITING = 64
_STEPS = 20_000


class Searcher:
    """Runs one search after the other on a reading connection of its own, once the index has caught up."""

    def __init__(self, connection: sqlite3.Connection, index: Index, writer: Writer, seconds: float) -> None:
        """``seconds`` bounds how long a search waits for the index, and how long it looks."""
        self._connection = connection
        self._index = index
        self._writer = writer
        self._seconds = seconds
        self._waiting = 0
        self._closed = False
        self._threads = ThreadPoolExecutor(1, "sqlite-searcher")

    async def find(
        self, source: str, wanted: Wanted, scopes: Sequence[str], below: int | None, limit: int
    ) -> list[int]:
        """Return the ids of what is wanted, greatest first. Raises Unavailable when it takes too long."""
        if self._closed or self._waiting >= _WAITING:
            raise Unavailable("too many searches are waiting")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            await self._catch_up(loop.time() + self._seconds, await loop.run_in_executor(self._threads, self._behind))
            return await loop.run_in_executor(self._threads, self._find, source, wanted, scopes, below, limit)
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Finish what the thread is at, and begin nothing more."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)

    def _behind(self) -> int:
        return self._index.behind(self._connection)

    async def _catch_up(self, until: float, behind: int) -> None:
        """Have as many notes indexed as there were when the search was asked for; what was done stays done."""
        while behind > 0:
            if self._closed or asyncio.get_running_loop().time() > until:
                raise Unavailable("the search index is being brought up to date")
            behind -= await self._writer.do(self._index.catch_up) or behind

    def _find(self, source: str, wanted: Wanted, scopes: Sequence[str], below: int | None, limit: int) -> list[int]:
        until = time.monotonic() + self._seconds
        self._connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
        return self._index.find(self._connection, source, wanted, scopes, below, limit)
