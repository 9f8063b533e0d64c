"""Reminders: whoever has a task or a goal that is soon due is told once, by whichever process is alive."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.goals import GOALS, Goals
from chatsrv.services.notifications import Notifications
from chatsrv.services.tasklists import TASKS
from storage.base import Missing, Record, Stale, Storage

_BATCH = 50
_KIND = "reminder"

_Settled = Callable[[Record], Awaitable[bool]]


class Reminders:
    """Sees what is due, by its date; of several processes that see it at once one tells."""

    def __init__(
        self, storage: Storage, notifications: Notifications, goals: Goals, clock: Clock, *, before_seconds: int
    ) -> None:
        """``before_seconds`` is how long before the due date somebody is told."""
        self._storage = storage
        self._notifications = notifications
        self._goals = goals
        self._clock = clock
        self._before = before_seconds * 1000
        self._settled: Mapping[str, _Settled] = {TASKS.name: self._task_is_done, GOALS.name: self._goal_is_done}

    async def send(self) -> None:
        """Tell everybody of what is due by now, also of what became due while no process was there."""
        for collection in self._settled:
            while due := await self._due(collection):
                for record in due:
                    await self._remind(collection, record)

    async def _due(self, collection: str) -> list[Record]:
        where, until = {"waiting": True}, self._clock() + self._before
        found = await self._storage.find(collection, where, order="due", descending=False, limit=_BATCH)
        return [record for record in found if record["due"] is None or record["due"] <= until]

    async def _remind(self, collection: str, record: Record) -> None:
        """Tell first, under a key that nobody can tell with again; who dies in between leaves it to the next."""
        settled = self._settled[collection]
        if record["due"] is not None and not await settled(record):
            await self._tell(collection, record)
            await self._seen(collection, record)
        elif await self._seen(collection, record) and record["due"] is not None and not await settled(record):
            # It was opened again after we had looked and before we wrote that there is nothing to wait for.
            await self._tell(collection, record)

    async def _tell(self, collection: str, record: Record) -> None:
        thing, seconds = collection.removesuffix("s"), record["due"] // 1000
        data = {"thing": thing, "id": record["id"], "name": record["name"], "due_date": seconds}
        try:
            await self._notifications.notify(
                record["person"], _KIND, data, once=f"{_KIND}:{thing}:{record['id']}:{seconds}"
            )
        except Problem:
            return  # there is nobody to tell

    async def _seen(self, collection: str, record: Record) -> bool:
        """Note that it waits no longer, unless it changed meanwhile: then it is looked at again."""
        where: dict[str, Any] = {name: record[name] for name in ("waiting", "due", "done") if name in record}
        try:
            await self._storage.update(collection, record["id"], {"waiting": False}, where=where)
        except (Missing, Stale):
            return False
        return True

    async def _task_is_done(self, record: Record) -> bool:
        return bool(record["done"])

    async def _goal_is_done(self, record: Record) -> bool:
        goal = await self._goals.look(record["id"])
        return goal is None or goal.progress == 100
