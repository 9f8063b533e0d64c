"""Departures: whoever deletes their account takes everything along, whatever dies meanwhile.

A mark is stored first, and everything after it may be done again: what a crash cut off, any process goes on with. Each
departure is gone through twice, the second time a while later, because a request of theirs may have been under way.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from chatsrv.clock import Clock
from chatsrv.services.errands import Errands
from chatsrv.services.people import People, Person
from storage.base import Collection, Duplicate, Storage

DEPARTURES = Collection("departures", indexes=(("since",),))
"""One record for each person who is going, under their id."""

_AGAIN_MILLISECONDS = 10_000
_BATCH = 100

Step = Callable[[Person], Awaitable[None]]
"""Removes something of a person; may be done again at any time, by several processes at once."""


class Departures:
    """Takes the steps, in order."""

    def __init__(self, storage: Storage, people: People, errands: Errands, clock: Clock) -> None:
        self._storage = storage
        self._people = people
        self._clock = clock
        self._steps: list[tuple[Step, bool]] = []
        errands.add(self.go_on)

    def add(self, *steps: Step, of_words: bool = False) -> None:
        """Take these steps, too; those ``of_words`` only where words go along."""
        self._steps += [(step, of_words) for step in steps]

    async def depart(self, person: Person, *, words_stay: bool = False) -> None:
        """Let the person go; returns when everything is gone, and whatever dies before, it will be."""
        record = {"id": person.id, "since": self._clock(), "words_stay": words_stay}
        with suppress(Duplicate):
            await self._storage.insert(DEPARTURES.name, record)
        await self._take(person, words_stay=words_stay)

    async def go_on(self) -> None:
        """Finish what began a while ago, down to the files of the storage."""
        until = self._clock() - _AGAIN_MILLISECONDS
        found = await self._storage.find(DEPARTURES.name, {}, order="since", descending=False, limit=_BATCH)
        due = [record for record in found if record["since"] <= until]
        for record in due:
            await self._take(await self._people.get(record["id"]), words_stay=record["words_stay"])
        if due:
            await self._storage.wipe()
        for record in due:
            await self._storage.delete(DEPARTURES.name, record["id"])

    async def _take(self, person: Person, *, words_stay: bool) -> None:
        for step in [step for step, of_words in self._steps if not (of_words and words_stay)]:
            await step(person)
            # The first step takes the name away: the others are to tell of a person without one.
            person = await self._people.get(person.id)
