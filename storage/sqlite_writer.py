"""Group commit: one thread writes, and all that waits is committed together, durably."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from storage.base import StorageError, Unavailable

_BATCH = 512
_PAUSE_SECONDS = 0.02
_BUSY_SECONDS = 0.25
_REST_SECONDS = 1.0

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]
"""Does one operation. It refuses, with a StorageError, before its first write has taken effect, or not at all."""


class _Job(NamedTuple):
    future: "asyncio.Future[Any]"
    work: Work[Any]


class Chores(Protocol):
    """What belongs to writing beside the operations themselves; all of it is done in the writing thread."""

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Add to the transaction what its operations left to add."""

    def after_rollback(self) -> None:
        """Forget what was remembered of operations that have been taken back."""

    def in_spare_time(self, connection: sqlite3.Connection) -> bool:
        """Do a short piece of what can wait, in a transaction of its own; say whether some may remain.

        Called whenever nothing else is asked for, and a few times a second when there is no pause.
        """

    def at_rest(self, connection: sqlite3.Connection) -> bool:
        """Tidy up, outside a transaction, because nothing was asked for in a while; say whether to come again."""


class Writer:
    """Runs operations in the order in which they were asked for, on the only connection that writes."""

    def __init__(self, connection: sqlite3.Connection, max_pending: int, chores: Chores) -> None:
        self._connection = connection
        self._max_pending = max_pending
        self._chores = chores
        self._due = 0.0
        self._pending = 0
        self._loop = asyncio.get_running_loop()
        self._asked: list[_Job] = []
        self._jobs: SimpleQueue[list[_Job] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer")
        self._thread.start()

    @property
    def pending(self) -> int:
        """How many operations were asked for and not answered yet."""
        return self._pending

    async def do(self, work: Work[Result]) -> Result:
        """Return what the operation returns, once it is on the disk. Raises what it refuses with, and Unavailable."""
        if self._pending >= self._max_pending:
            raise Unavailable("too many writes are waiting")
        future: asyncio.Future[Result] = self._loop.create_future()
        self._pending += 1
        if not self._asked:
            self._loop.call_soon(self._hand_over)
        self._asked.append(_Job(future, work))
        return await future

    async def close(self) -> None:
        """Finish what was asked for."""
        self._hand_over()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        """Give the thread all that one turn of the loop asked for at once: one by one, it would commit one by one."""
        asked, self._asked = self._asked, []
        if asked:
            self._jobs.put(asked)

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            outcomes = self._commit(batch)
            self._loop.call_soon_threadsafe(self._settle, batch, outcomes)

    def _next(self) -> list[_Job] | None:
        """Wait for work and take all that is there; None once the last was done."""
        jobs = self._first()
        batch: list[_Job] = []
        while jobs is not None:
            batch += jobs
            if len(batch) >= _BATCH:
                return batch
            try:
                jobs = self._jobs.get_nowait()
            except Empty:
                return batch
        if batch:
            self._jobs.put(None)
        return batch or None

    def _first(self) -> list[_Job] | None:
        """Wait for work; meanwhile, or when it is due, do what can wait."""
        behind = True
        while behind:
            if time.monotonic() < self._due:
                try:
                    return self._jobs.get(timeout=_PAUSE_SECONDS)
                except Empty:
                    pass
            behind = self._do_spare()
            self._due = time.monotonic() + _BUSY_SECONDS
        return self._rest()

    def _rest(self) -> list[_Job] | None:
        """Wait for work that may be long in coming."""
        untidy = True
        while untidy:
            try:
                return self._jobs.get(timeout=_REST_SECONDS)
            except Empty:
                untidy = self._chores.at_rest(self._connection)
        return self._jobs.get()

    def _do_spare(self) -> bool:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            behind = self._chores.in_spare_time(self._connection)
            self._connection.execute("COMMIT")
        except Exception:  # it can wait, so it is tried again after the next work
            self._take_back()
            return False
        return behind

    def _take_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._chores.after_rollback()

    def _commit(self, batch: list[_Job]) -> list[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._try(job) for job in batch]
            self._chores.before_commit(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:  # whatever it was, nothing of the batch has happened
            self._take_back()
            return [Unavailable(str(error))] * len(batch)
        return outcomes

    def _try(self, job: _Job) -> Any:
        try:
            return job.work(self._connection)
        except StorageError as refusal:
            return refusal

    def _settle(self, batch: list[_Job], outcomes: list[Any]) -> None:
        """Wake those who wait in the order of their numbers."""
        self._pending -= len(batch)
        for job, outcome in zip(batch, outcomes, strict=True):
            if job.future.done():
                continue
            if isinstance(outcome, StorageError):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)
