"""Dreams: what somebody wishes for; a dream may become a goal."""

from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.belongings import Cursor, check_note
from chatsrv.services.furnished import Furnished
from chatsrv.services.goals import Goal, Goals
from chatsrv.services.paging import Page
from chatsrv.services.people import Person
from storage.base import Collection, Record

DREAMS = Collection("dreams", indexes=(("person",), ("person", "created")))


class Dream(NamedTuple):
    """A dream; ``created`` in Unix milliseconds."""

    id: str
    name: str
    additional_data: str
    attachments: list[str]
    created: int

    @property
    def cursor(self) -> str:
        """What the next page is asked for with."""
        return str(Cursor(self.created, self.id))


class Dreams:
    """Keeps dreams; each is its owner's alone."""

    def __init__(self, dreams: Furnished, goals: Goals, clock: Clock, *, note_chars: int, most: int) -> None:
        """``most`` is how many dreams a person may have."""
        self._goals = goals
        self._clock = clock
        self._note_chars = note_chars
        self._most = most
        self._dreams = dreams

    async def create(self, person: Person, name: str, additional_data: str, attachments: list[str]) -> Dream:
        """Keep a new dream. Raises Problem TOO_LONG, TOO_MANY_THINGS."""
        check_note(additional_data, self._note_chars, "additional_data")
        fields = {"name": name, "additional_data": additional_data, "attachments": attachments}
        return _dream(await self._dreams.add(person.id, fields | {"created": self._clock()}, most=self._most))

    async def get(self, person: Person, id: str) -> Dream:
        """Return a dream. Raises Problem NO_SUCH_DREAM."""
        return _dream(await self._dreams.of(person.id, id))

    async def page(self, person: Person, before: Cursor | None) -> Page[Dream]:
        """Return a page of one's dreams, the latest first."""
        page = await self._dreams.page(person.id, before)
        return Page([_dream(record) for record in page.items], page.more)

    async def edit(self, person: Person, id: str, changes: dict[str, Any]) -> Dream:
        """Change what is named of ``name``, ``additional_data``, ``attachments``.

        Raises Problem NO_SUCH_DREAM, TOO_LONG.
        """
        check_note(changes.get("additional_data"), self._note_chars, "additional_data")
        return _dream(await self._dreams.change(person.id, id, changes))

    async def delete(self, person: Person, id: str) -> None:
        """Remove a dream; the goal that it became lives on without it. Raises Problem NO_SUCH_DREAM."""
        await self._dreams.remove(person.id, id)
        await self._goals.release(id)

    async def become(self, person: Person, id: str, name: str | None = None, due: int | None = None) -> Goal:
        """Make the dream a goal, under the dream's name unless another is given; the second time it is the same goal.

        Of who deletes it at the same moment and who makes it a goal each may come first: no goal ever names a dream
        that is not there. Raises Problem NO_SUCH_DREAM, TOO_MANY_THINGS.
        """
        dream = await self.get(person, id)
        goal = await self._goals.create(person, name or dream.name, due, id)
        try:
            await self.get(person, id)
        except Problem:
            # It was deleted before the goal was there to be released.
            await self._goals.release(id)
            return goal._replace(dream=None)
        return goal

    async def forget(self, person: Person) -> None:
        """Remove all dreams of somebody who goes."""
        await self._dreams.forget(person.id)


def _dream(record: Record) -> Dream:
    return Dream(**{name: record[name] for name in Dream._fields})
