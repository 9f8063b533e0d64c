"""Honours: lists of achievements, and what they add up to: ratings, the leaderboard, an archive of one's own."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.services.achievements import Achievement, Achievements, shown_to
from chatsrv.services.attachments import Attachments
from chatsrv.services.ledger import ACHIEVEMENT, Ledger
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import MODERATORS
from chatsrv.services.summaries import Summary
from chatsrv.zipping import Zipping
from storage.base import Entry, Storage


class Ranked(NamedTuple):
    """A line of the leaderboard."""

    rank: int
    user: Card
    rating: int
    accepted: int


class Honours:
    """Who reads which achievements; rules of paging as everywhere."""

    def __init__(
        self, storage: Storage, people: People, attachments: Attachments, achievements: Achievements, clock: Clock
    ) -> None:
        self._storage = storage
        self._people = people
        self._attachments = attachments
        self._achievements = achievements
        self._clock = clock
        self._ledger = Ledger(storage)

    async def own(self, person: Person, number: int = 1, before: int | None = None) -> Page[Achievement]:
        """Return a page of one's own, newest first. Raises Problem NO_SUCH_ACHIEVEMENT."""
        below = None if before is None else (await self._achievements.entry(before)).ordinal
        for _ in range(number - 1 if before is None else 0):
            skipped = await self._authored(person.id, below, PAGE)
            if len(skipped) < PAGE:
                return Page([], False)
            below = skipped[-1].ordinal
        entries = await self._authored(person.id, below, PAGE + 1)
        return Page(await self._achievements.present(entries[:PAGE], person.id), len(entries) > PAGE)

    async def waiting(self, person: Person, number: int = 1, before: int | None = None) -> Page[Achievement]:
        """Return a page of one's own that wait for a moderator, oldest first."""
        pending = [entry for entry in await self._ledger.pending() if entry.author == person.id]
        return await self._cut(person, pending, number, before)

    async def queue(self, moderator: Person, number: int = 1, before: int | None = None) -> Page[Achievement]:
        """Return a page of all that wait, oldest first, by number or after this one. Raises Problem FORBIDDEN."""
        Right.MODERATE.demand(moderator)
        return await self._cut(moderator, await self._ledger.pending(), number, before)

    async def accepted(
        self, viewer: Person, student: Person, number: int = 1, before: int | None = None
    ) -> Page[Achievement]:
        """Return a page of what of somebody's was accepted, latest submitted first."""
        if before is None:
            entries = await self._storage.marked(ACHIEVEMENT, student.id, limit=PAGE * min(number, 1000) + 1)
            entries = entries[PAGE * (number - 1) :]
        else:
            entries = await self._storage.marked(ACHIEVEMENT, student.id, below=before, limit=PAGE + 1)
        shown = await self._achievements.present(entries[:PAGE], viewer.id)
        return Page([shown_to(viewer, one) for one in shown], len(entries) > PAGE)

    async def rating(self, person: int) -> int:
        """Return the sum of the points of what of the person's was accepted."""
        return await self._ledger.rating(person)

    async def leaderboard(self, number: int = 1) -> Page[Ranked]:
        """Return a page of those who have something accepted, the highest rating first."""
        standings = await self._ledger.standings()
        shown = standings[PAGE * (number - 1) : PAGE * number]
        cards = await self._people.cards(one.person for one in shown)
        ranked = [Ranked(one.rank, cards[one.person], one.rating, one.accepted) for one in shown]
        return Page(ranked, len(standings) > PAGE * number)

    async def export(self, person: Person) -> AsyncGenerator[bytes, None]:
        """Give a zip of one's accepted achievements: a summary as JSON and as CSV, and the proofs."""
        zipping, summary = Zipping(self._clock()), Summary()
        below: int | None = None
        while entries := await self._storage.marked(ACHIEVEMENT, person.id, below=below, limit=PAGE):
            below = entries[-1].id
            for one in await self._achievements.present(entries, person.id):
                path = summary.note(one)
                if one.proof is not None:
                    attachment = await self._attachments.open(person, one.proof["id"])
                    parts = self._attachments.read(attachment, 0, attachment.size)
                    async with aclosing(zipping.file(path, parts)) as pieces:
                        async for piece in pieces:
                            yield piece
        zipping.put("achievements.json", summary.json())
        zipping.put("achievements.csv", summary.table())
        yield zipping.end()

    async def _cut(self, person: Person, entries: list[Entry], number: int, before: int | None) -> Page[Achievement]:
        start = PAGE * (number - 1)
        if before is not None:
            last = (await self._achievements.entry(before)).ordinal
            start, entries = 0, [entry for entry in entries if entry.ordinal > last]
        shown = await self._achievements.present(entries[start : start + PAGE], person.id)
        return Page(shown, len(entries) > start + PAGE)

    async def _authored(self, person: int, below: int | None, limit: int) -> list[Entry]:
        return await self._storage.page(MODERATORS, ACHIEVEMENT, author=person, below=below, limit=limit)
