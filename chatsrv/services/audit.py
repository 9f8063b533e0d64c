"""Audit: what moderators and admins did, one record each; records are added and read, never changed, never removed."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import People, Person
from chatsrv.services.roles import Right
from storage.base import Collection, Duplicate, Record, Storage

AUDIT = Collection("audit", unique=(("once",),))
"""Ordered by its ids, which are ordered by time. People stand in it by their ids: no name outlives its account."""

_DEEPEST = 10_000
_BATCH = 500


class Act(NamedTuple):
    """Somebody did something: ``actor`` and ``person`` are nicknames and 0 is the id of nobody.

    An actor of nobody's is the server's own command line. ``thing`` is what it was done to, as "message:5", or "".
    """

    id: int
    at: int
    action: str
    actor_id: int
    actor: str
    person_id: int
    person: str
    thing: str
    data: Mapping[str, Any]


class Audit:
    """Keeps the log."""

    def __init__(self, storage: Storage, people: People, clock: Clock, ids: IdMaker) -> None:
        self._storage = storage
        self._people = people
        self._clock = clock
        self._ids = ids

    async def note(
        self,
        action: str,
        *,
        actor: Person | None,
        person: int = 0,
        thing: str = "",
        data: Mapping[str, Any] | None = None,
        once: str | None = None,
    ) -> None:
        """Note what the actor does, None for the command line; with the same ``once`` again nothing more.

        What may be refused is noted when it can no longer be, and before it is done: so nothing is done without a
        record, while a record may be of what a crash prevented.
        """
        record = {"at": self._clock(), "action": action, "actor": actor.id if actor else 0, "person": person}
        record |= {"thing": thing, "data": dict(data or {}), "once": once}
        while True:
            try:
                await self._storage.insert(AUDIT.name, record | {"id": self._ids()})
            except Duplicate as duplicate:
                if duplicate.args[0] == ("once",):
                    return
                continue  # another process made the same id in the same millisecond
            return

    async def page(self, admin: Person, number: int = 1, before: int | None = None) -> Page[Act]:
        """Return a page, latest first: by number, or those before this id. Raises Problem FORBIDDEN."""
        Right.AUDIT.demand(admin)
        skip = 0 if before is not None else PAGE * (number - 1)
        if skip > _DEEPEST:
            return Page([], False)
        after = None if before is None else (before, before)
        records = await self._storage.find(AUDIT.name, {}, after=after, skip=skip, limit=PAGE + 1)
        return Page(await self._show(records[:PAGE]), len(records) > PAGE)

    async def every(self) -> AsyncIterator[Act]:
        """Give all of it, oldest first, for whoever holds the server itself."""
        after: tuple[int, int] | None = None
        while records := await self._storage.find(AUDIT.name, {}, descending=False, after=after, limit=_BATCH):
            for act in await self._show(records):
                yield act
            after = records[-1]["id"], records[-1]["id"]

    async def _show(self, records: list[Record]) -> list[Act]:
        cards = await self._people.cards(record[name] for record in records for name in ("actor", "person"))
        names = {0: ""} | {id: card.nickname for id, card in cards.items()}
        return [
            Act(
                record["id"],
                record["at"],
                record["action"],
                record["actor"],
                names[record["actor"]],
                record["person"],
                names[record["person"]],
                record["thing"],
                record["data"],
            )
            for record in records
        ]
