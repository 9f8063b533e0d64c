"""Task lists: the ordered tasks of a goal, or of nobody."""

from typing import NamedTuple

from chatsrv.services.furnished import Furnished
from storage.base import Collection, Missing, Record, Storage

TASKS = Collection(
    "tasks",
    indexes=(
        ("person",),
        ("person", "created"),
        ("person", "goal"),
        ("person", "goal", "place"),
        ("waiting", "due"),
    ),
)
"""``place`` orders a list; ``waiting`` says that it is to be seen, once due, whether
somebody is reminded; ``goal`` is null for tasks of nobody."""

_GAP = 1 << 16


class Task(NamedTuple):
    """Something to do; times in Unix milliseconds."""

    id: str
    goal: str | None
    name: str
    text: str
    additional_data: str
    attachments: list[str]
    due: int | None
    done: bool
    created: int

    @classmethod
    def of(cls, record: Record) -> "Task":
        """Return the task of a stored record."""
        return cls(**{name: record[name] for name in cls._fields})


class Tasklists:
    """Reads lists, and finds places in them."""

    def __init__(self, storage: Storage, tasks: Furnished, *, most: int) -> None:
        """``most`` is how many tasks a list may have."""
        self._storage = storage
        self._tasks = tasks
        self.most = most

    async def tasks(self, person: int, goal: str | None) -> list[Task]:
        """Return all tasks of the list, in order, as of one moment."""
        return [Task.of(record) for record in await self._records(person, goal)]

    async def empty(self, person: int, goal: str) -> None:
        """Remove all tasks of the list."""
        while records := await self._records(person, goal):
            for record in records:
                await self._tasks.erase(record)

    async def count(self, person: int, goal: str | None) -> int:
        """How many tasks the list has."""
        return await self._storage.count(TASKS.name, {"person": person, "goal": goal})

    async def end(self, person: int, goal: str | None) -> int:
        """Return the place at the end of the list."""
        where = {"person": person, "goal": goal}
        last = await self._storage.find(TASKS.name, where, order="place", limit=1)
        return (last[0]["place"] if last else 0) + _GAP

    async def after(self, person: int, goal: str | None, task: str | None, moved: str) -> int | None:
        """Return a place right after this task (None: before all), for ``moved``; None if the task is not there."""
        while True:
            others = [record for record in await self._records(person, goal) if record["id"] != moved]
            at = 0 if task is None else next((n + 1 for n, one in enumerate(others) if one["id"] == task), None)
            if at is None:
                return None
            if at == len(others):
                return await self.end(person, goal)
            low = others[at - 1]["place"] if at else others[0]["place"] - 2 * _GAP
            if others[at]["place"] - low > 1:
                return int((low + others[at]["place"]) // 2)
            await self._spread(person, goal)

    async def _spread(self, person: int, goal: str | None) -> None:
        """Make room between all tasks, the last one first: whoever reads meanwhile sees them in the same order."""
        records = await self._records(person, goal)
        end = records[-1]["place"]
        for number in range(len(records), 0, -1):
            try:
                await self._storage.update(TASKS.name, records[number - 1]["id"], {"place": end + number * _GAP})
            except Missing:
                continue

    async def _records(self, person: int, goal: str | None) -> list[Record]:
        where = {"person": person, "goal": goal}
        # Of those who add at once the last few may pass the limit.
        return await self._storage.find(TASKS.name, where, order="place", descending=False, limit=2 * self.most)
