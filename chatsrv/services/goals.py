"""Goals: what is to be reached until when; how far it is follows from its tasks alone."""

from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.belongings import Belongings, Cursor
from chatsrv.services.paging import Page
from chatsrv.services.people import Person
from chatsrv.services.shares import Glimpse, Shares
from chatsrv.services.tasklists import Task, Tasklists
from storage.base import Collection, Duplicate, Missing, Record, Stale, Storage

GOALS = Collection(
    "goals",
    indexes=(("person",), ("person", "created"), ("waiting", "due")),
    unique=(("dream",),),
)
"""A dream becomes one goal. ``waiting`` says that it is to be seen, once due, whether somebody is reminded."""


class Goal(NamedTuple):
    """A goal with its tasks in order; times in Unix milliseconds."""

    id: str
    person: int
    name: str
    due: int | None
    dream: str | None
    created: int
    tasks: list[Task]

    @property
    def progress(self) -> int:
        """How much of it is done, in percent: 100 only when all is."""
        return 100 * sum(task.done for task in self.tasks) // len(self.tasks) if self.tasks else 0

    @property
    def done(self) -> bool:
        """A goal is finished while it has tasks and all of them are done."""
        return self.progress == 100

    @property
    def cursor(self) -> str:
        """What the next page is asked for with."""
        return str(Cursor(self.created, self.id))


class Goals:
    """Keeps goals; each is its owner's, who may share it with chats."""

    def __init__(self, storage: Storage, lists: Tasklists, shares: Shares, clock: Clock, *, most: int) -> None:
        """``most`` is how many goals a person may have."""
        self._storage = storage
        self._lists = lists
        self._shares = shares
        self._clock = clock
        self._most = most
        self._goals = Belongings(storage, GOALS.name, Code.NO_SUCH_GOAL)

    async def create(self, person: Person, name: str, due: int | None = None, dream: str | None = None) -> Goal:
        """Make a goal; of a dream that became one already, return that. Raises Problem TOO_MANY_THINGS."""
        fields = {"name": name, "due": due, "dream": dream, "created": self._clock(), "waiting": due is not None}
        try:
            return await self._goal(await self._goals.add(person.id, fields, most=self._most))
        except Duplicate:
            made = await self._storage.find(GOALS.name, {"dream": dream}, limit=1)
            if not made:
                raise Problem(Code.NO_SUCH_DREAM) from None
            return await self._goal(made[0])

    async def get(self, person: Person, id: str) -> Goal:
        """Return a goal. Raises Problem NO_SUCH_GOAL."""
        return await self._goal(await self._goals.of(person.id, id))

    async def page(self, person: Person, before: Cursor | None) -> Page[Goal]:
        """Return a page of one's goals, the latest first."""
        page = await self._goals.page(person.id, before)
        return Page([await self._goal(record) for record in page.items], page.more)

    async def edit(self, person: Person, id: str, changes: dict[str, Any]) -> Goal:
        """Change what is named of ``name`` and ``due``. Raises Problem NO_SUCH_GOAL."""
        if "due" in changes:
            changes = changes | {"waiting": True}
        await self._goals.change(person.id, id, changes)
        await self._shares.tell(id, self.look)
        return await self.get(person, id)

    async def delete(self, person: Person, id: str) -> None:
        """Remove a goal with its tasks; chats see it no more. Raises Problem NO_SUCH_GOAL."""
        await self._goals.remove(person.id, id)
        await self._shares.end(id, self.look)
        await self._lists.empty(person.id, id)

    async def share(self, person: Person, id: str, chat: int) -> Goal:
        """Show the goal's progress to a chat that one is in. Raises Problem NO_SUCH_GOAL, NO_SUCH_CHAT."""
        await self._goals.of(person.id, id)
        await self._shares.share(person, id, chat, self.look)
        return await self.get(person, id)

    async def unshare(self, person: Person, id: str, chat: int) -> Goal:
        """Show it there no longer. Raises Problem NO_SUCH_GOAL."""
        await self._goals.of(person.id, id)
        await self._shares.unshare(id, chat, self.look)
        return await self.get(person, id)

    async def moved(self, person: int, id: str | None) -> None:
        """Follow a change of the goal's tasks: chats hear of it, and what is open again is reminded of."""
        if id is None:
            return
        record = await self._record(id)
        if record is not None and record["due"] is not None and not record["waiting"]:
            # Whoever changed it meanwhile saw to that.
            with suppress(Missing, Stale):
                await self._storage.update(GOALS.name, id, {"waiting": True}, where={"due": record["due"]})
        await self._shares.tell(id, self.look)

    async def release(self, dream: str) -> None:
        """Let the goal of a dream that is no more live on without it."""
        for record in await self._storage.find(GOALS.name, {"dream": dream}, limit=1):
            try:
                await self._storage.update(GOALS.name, record["id"], {"dream": None}, where={"dream": dream})
            except (Missing, Stale):
                continue

    async def forget(self, person: Person) -> None:
        """Remove all goals of somebody who goes."""
        while ids := await self._goals.every(person.id):
            for id in ids:
                try:
                    await self.delete(person, id)
                except Problem:
                    continue

    async def look(self, id: str) -> Glimpse | None:
        """Return what others may see of the goal, None when it is no more."""
        record = await self._record(id)
        if record is None:
            return None
        goal = await self._goal(record)
        return Glimpse(goal.person, goal.name, goal.due, goal.progress)

    async def _record(self, id: str) -> Record | None:
        try:
            return await self._storage.get(GOALS.name, id)
        except Missing:
            return None

    async def _goal(self, record: Record) -> Goal:
        tasks = await self._lists.tasks(record["person"], record["id"])
        return Goal(**{name: record[name] for name in Goal._fields if name != "tasks"}, tasks=tasks)
