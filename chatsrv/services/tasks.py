"""Tasks: what is to be done, for a goal or for none, in an order that one chooses."""

from contextlib import suppress
from typing import Any

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.belongings import check_note
from chatsrv.services.furnished import Furnished
from chatsrv.services.goals import Goals
from chatsrv.services.people import Person
from chatsrv.services.tasklists import Task, Tasklists

_NOTES = ("text", "additional_data")


class Tasks:
    """Keeps tasks; each is its owner's alone, and their goals follow them."""

    def __init__(self, tasks: Furnished, lists: Tasklists, goals: Goals, clock: Clock, *, note_chars: int) -> None:
        self._lists = lists
        self._goals = goals
        self._clock = clock
        self._note_chars = note_chars
        self._tasks = tasks

    async def create(self, person: Person, goal: str | None, fields: dict[str, Any]) -> Task:
        """Add a task at the end of its goal's list, or of the tasks of none.

        Raises Problem NO_SUCH_GOAL, TOO_LONG, TOO_MANY_THINGS.
        """
        self._check(fields)
        await self._room_in(person, goal)
        times = {"created": self._clock(), "waiting": fields["due"] is not None}
        place = await self._lists.end(person.id, goal)
        record = await self._tasks.add(person.id, fields | times | {"goal": goal, "place": place})
        await self._settle(person, record["id"], goal)
        return Task.of(record)

    async def get(self, person: Person, id: str) -> Task:
        """Return a task. Raises Problem NO_SUCH_TASK."""
        return Task.of(await self._tasks.of(person.id, id))

    async def tasks(self, person: Person, goal: str | None) -> list[Task]:
        """Return the tasks of a goal, or those of none, in order. Raises Problem NO_SUCH_GOAL."""
        if goal is not None:
            await self._goals.get(person, goal)
        return await self._lists.tasks(person.id, goal)

    async def edit(self, person: Person, id: str, changes: dict[str, Any]) -> Task:
        """Change what is named, also the goal that it belongs to; a task that is done is reminded of no more.

        Raises Problem NO_SUCH_TASK, NO_SUCH_GOAL, TOO_LONG, TOO_MANY_THINGS.
        """
        self._check(changes)
        old = await self._tasks.of(person.id, id)
        moves = "goal" in changes and changes["goal"] != old["goal"]
        if moves:
            await self._room_in(person, changes["goal"])
            changes = changes | {"place": await self._lists.end(person.id, changes["goal"])}
        if changes.keys() & {"due", "done"}:
            # What follows from both is decided when it is due: others may change the one while this changes the other.
            changes = changes | {"waiting": True}
        task = Task.of(await self._tasks.change(person.id, id, changes))
        if moves:
            await self._goals.moved(person.id, old["goal"])
        await self._settle(person, id, task.goal)
        return task

    async def move(self, person: Person, id: str, after: str | None) -> list[Task]:
        """Put a task right after another of its list, or first; return the list.

        Raises Problem NO_SUCH_TASK, of the field ``after`` when that one is not in the list.
        """
        goal = (await self._tasks.of(person.id, id))["goal"]
        if after != id:
            place = await self._lists.after(person.id, goal, after, id)
            if place is None:
                raise Problem(Code.NO_SUCH_TASK, field="after")
            await self._tasks.change(person.id, id, {"place": place})
        return await self._lists.tasks(person.id, goal)

    async def delete(self, person: Person, id: str) -> None:
        """Remove a task. Raises Problem NO_SUCH_TASK."""
        await self._goals.moved(person.id, (await self._tasks.remove(person.id, id))["goal"])

    async def forget(self, person: Person) -> None:
        """Remove all tasks of somebody who goes."""
        await self._tasks.forget(person.id)

    def _check(self, fields: dict[str, Any]) -> None:
        for name in _NOTES:
            check_note(fields.get(name), self._note_chars, name)

    async def _room_in(self, person: Person, goal: str | None) -> None:
        if goal is not None:
            await self._goals.get(person, goal)
        if await self._lists.count(person.id, goal) >= self._lists.most:
            raise Problem(Code.TOO_MANY_THINGS, data=self._lists.most)

    async def _settle(self, person: Person, id: str, goal: str | None) -> None:
        """Follow with the goal; a task whose goal went meanwhile goes too, as those that went with it."""
        if goal is None:
            return
        try:
            await self._goals.get(person, goal)
        except Problem:
            # Who removed the goal may have removed this one by now.
            with suppress(Problem):
                await self._tasks.remove(person.id, id)
            raise
        await self._goals.moved(person.id, goal)
