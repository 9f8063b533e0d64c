"""Medals: given to people by those who may; whoever gets one is notified once."""

from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.security import digest
from chatsrv.services.audit import Audit
from chatsrv.services.errands import Errands
from chatsrv.services.notifications import Notifications
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.roles import Right
from storage.base import Collection, Duplicate, Missing, Record, Storage

MEDALS = Collection("medals", indexes=(("holder",), ("told",)), unique=(("giver", "nonce"),))
"""``told`` says whether the holder was notified."""
_BATCH = 25


class Medal(NamedTuple):
    """A medal and who has it; ``type`` is what it is made of or called, "gold"."""

    id: int
    user: Card
    type: str
    title: str
    description: str
    created: int


class Medals:
    """What may be done with medals, and by whom."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        notifications: Notifications,
        errands: Errands,
        audit: Audit,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._people = people
        self._notifications = notifications
        self._audit = audit
        self._clock = clock
        self._ids = ids
        errands.add(self.tell_again)

    async def give(
        self, giver: Person, user: str, type: str, title: str, description: str, *, nonce: str | None = None
    ) -> Medal:
        """Give a medal; the same nonce again returns the same one. Raises Problem FORBIDDEN, NO_SUCH_USER."""
        Right.MEDALS.demand(giver)
        holder = await self._people.by_name(user)
        fields = {"type": type, "title": title, "description": description, "created": self._clock()}
        key = nonce and digest(nonce)
        record = fields | {"id": self._ids(), "holder": holder.id, "giver": giver.id, "nonce": key, "told": False}
        try:
            await self._storage.insert(MEDALS.name, record)
        except Duplicate as duplicate:
            if duplicate.args[0] == ("id",):
                raise
            [record] = await self._storage.find(MEDALS.name, {"giver": giver.id, "nonce": key}, limit=1)
        await self._note(giver, record, "new", once=f"medal:{record['id']}")
        await self._tell(record)
        return await self._shown(record)

    async def edit(self, person: Person, id: int, changes: dict[str, Any]) -> Medal:
        """Change its type, title or description. Raises Problem FORBIDDEN, NO_SUCH_MEDAL."""
        Right.MEDALS.demand(person)
        await self._note(person, await self._record(id), "edited")
        try:
            return await self._shown(await self._storage.update(MEDALS.name, id, changes))
        except Missing:
            raise Problem(Code.NO_SUCH_MEDAL) from None

    async def take_back(self, person: Person, id: int) -> None:
        """Remove it. Raises Problem FORBIDDEN, NO_SUCH_MEDAL."""
        Right.MEDALS.demand(person)
        await self._note(person, await self._record(id), "deleted")
        if not await self._storage.delete(MEDALS.name, id):
            raise Problem(Code.NO_SUCH_MEDAL)

    async def page(self, number: int, before: int | None, holder: Person | None = None) -> Page[Medal]:
        """Return a page of all medals, or of one holder's, latest given first."""
        where = {"holder": holder.id} if holder else {}
        after = None if before is None else (before, before)
        skip = 0 if before is not None else PAGE * (number - 1)
        found = await self._storage.find(MEDALS.name, where, after=after, skip=skip, limit=PAGE + 1)
        cards = await self._people.cards(record["holder"] for record in found[:PAGE])
        return Page([_show(record, cards[record["holder"]]) for record in found[:PAGE]], len(found) > PAGE)

    async def tell_again(self) -> None:
        """Tell of those that whoever gave them died before telling of. Nobody is told twice."""
        while found := await self._storage.find(MEDALS.name, {"told": False}, limit=_BATCH):
            for record in found:
                await self._tell(record)

    async def forget(self, person: Person) -> None:
        """Remove the medals of somebody who goes; those that they gave stay with whom they gave them to."""
        while found := await self._storage.find(MEDALS.name, {"holder": person.id}, limit=_BATCH):
            for record in found:
                await self._storage.delete(MEDALS.name, record["id"])

    async def _record(self, id: int) -> Record:
        try:
            return await self._storage.get(MEDALS.name, id)
        except Missing:
            raise Problem(Code.NO_SUCH_MEDAL) from None

    async def _note(self, actor: Person, medal: Record, what: str, once: str | None = None) -> None:
        thing = f"medal:{medal['id']}"
        await self._audit.note(f"medal.{what}", actor=actor, person=medal["holder"], thing=thing, once=once)

    async def _tell(self, record: Record) -> None:
        if record["told"]:
            return
        data = {"type": record["type"], "title": record["title"], "medal_id": record["id"]}
        await self._notifications.notify(record["holder"], "medal", data, once=f"medal:{record['id']}")
        with suppress(Missing):  # it was taken back already
            await self._storage.update(MEDALS.name, record["id"], {"told": True})

    async def _shown(self, record: Record) -> Medal:
        return _show(record, (await self._people.get(record["holder"])).card)


def _show(record: Record, holder: Card) -> Medal:
    return Medal(record["id"], holder, record["type"], record["title"], record["description"], record["created"])
