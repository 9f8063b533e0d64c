"""The ledger: what the moderators' stream adds up to, kept in memory by following its numbers."""

import asyncio
from typing import NamedTuple

from chatsrv.services.rooms import MODERATORS
from storage.base import Entry, Storage

ACHIEVEMENT = "achievement"
PENDING, ACCEPTED, REJECTED = "pending", "accepted", "rejected"
_BATCH = 1000


class Standing(NamedTuple):
    """A student's place: who has more points stands higher, and those who have as many stand equal."""

    rank: int
    person: int
    rating: int
    accepted: int


class Ledger:
    """Knows what is pending and everybody's points.

    Points are nowhere added up in storage: they follow from the accepted achievements, so that no crash and no race can
    count one twice or not at all. The stream's numbers become visible in order, so what was read once is never missed.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = asyncio.Lock()
        self._rev = 0
        self._pending: dict[int, Entry] = {}
        self._points: dict[int, dict[int, int]] = {}
        self._standings: list[Standing] | None = None

    async def pending(self) -> list[Entry]:
        """Return what waits for a moderator, oldest first."""
        await self._follow()
        return list(self._pending.values())

    async def rating(self, person: int) -> int:
        """Return the sum of the person's points."""
        await self._follow()
        return sum(self._points.get(person, {}).values())

    async def standings(self) -> list[Standing]:
        """Return everybody who has something accepted, the highest first."""
        await self._follow()
        if self._standings is None:
            self._standings = self._rank()
        return self._standings

    async def _follow(self) -> None:
        async with self._lock:
            while entries := await self._storage.changes(MODERATORS, self._rev, _BATCH):
                for entry in entries:
                    self._note(entry)

    def _note(self, entry: Entry) -> None:
        self._rev = entry.rev
        if entry.kind != ACHIEVEMENT:
            return
        self._pending.pop(entry.id, None)
        if self._points.get(entry.author, {}).pop(entry.id, None) is not None:
            self._standings = None
        if entry.fields["state"] == PENDING:
            self._pending[entry.id] = entry
        elif entry.fields["state"] == ACCEPTED:
            self._points.setdefault(entry.author, {})[entry.id] = entry.fields["points"]
            self._standings = None

    def _rank(self) -> list[Standing]:
        sums = [(sum(points.values()), len(points), person) for person, points in self._points.items() if points]
        ranked: list[Standing] = []
        for place, (rating, accepted, person) in enumerate(sorted(sums, key=lambda one: (-one[0], one[2])), 1):
            equal = ranked and ranked[-1].rating == rating
            ranked.append(Standing(ranked[-1].rank if equal else place, person, rating, accepted))
        return ranked
