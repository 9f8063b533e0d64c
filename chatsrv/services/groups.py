"""Groups: people of a class or a team, under a name and a colour, with a chat of their own if somebody founds it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.audit import Audit
from chatsrv.services.chats import ChatDetails, Chats
from chatsrv.services.members import Members
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import CHAT, Room
from storage.base import Collection, Duplicate, Missing, Record, Storage

GROUPS = Collection("groups", unique=(("name_key",),))
"""``chat`` is the id that the group's chat has, or will have once it is ``founded``."""
GROUP_MEMBERS = Collection("group_members", indexes=(("group", "person"), ("person",), ("group",)))
_BATCH = 500
_AT_ONCE = 20


class Group(NamedTuple):
    """A group; ``color`` is "#rrggbb", ``chat_id`` 0 while it has no chat."""

    id: int
    name: str
    color: str
    members: int
    chat_id: int


class Groups:
    """What may be done with groups, and by whom. Everything but `own` raises Problem FORBIDDEN."""

    def __init__(
        self, storage: Storage, people: People, chats: Chats, members: Members, audit: Audit, ids: IdMaker
    ) -> None:
        self._storage = storage
        self._people = people
        self._chats = chats
        self._members = members
        self._audit = audit
        self._ids = ids

    async def create(self, person: Person, name: str, color: str, users: Sequence[str] = ()) -> Group:
        """Make a group of these people. Raises Problem GROUP_NAME_TAKEN, NO_SUCH_USER, USER_DELETED, GROUP_FULL."""
        Right.GROUPS.demand(person)
        added = await self._ids_of(users)
        id = self._ids()
        record = {"id": id, "chat": self._ids(), "founded": False, "color": color} | _named(name)
        try:
            await self._storage.insert(GROUPS.name, record)
        except Duplicate:
            raise Problem(Code.GROUP_NAME_TAKEN, field="name") from None
        await self._note(person, id, "new")
        await self._take_in(id, added)
        return await self._show(record)

    async def edit(self, person: Person, id: int, changes: dict[str, Any]) -> Group:
        """Change its name or colour; its chat keeps its own. Raises Problem NO_SUCH_GROUP, GROUP_NAME_TAKEN."""
        Right.GROUPS.demand(person)
        await self.of(person, id)
        wanted = changes | (_named(changes["name"]) if "name" in changes else {})
        same = await self._storage.find(GROUPS.name, {"name_key": wanted["name_key"]}) if "name_key" in wanted else []
        if any(group["id"] != id for group in same):
            raise Problem(Code.GROUP_NAME_TAKEN, field="name")
        await self._note(person, id, "edited")
        try:
            return await self._show(await self._storage.update(GROUPS.name, id, wanted))
        except Missing:
            raise Problem(Code.NO_SUCH_GROUP) from None
        except Duplicate:
            raise Problem(Code.GROUP_NAME_TAKEN, field="name") from None

    async def delete(self, person: Person, id: int) -> None:
        """Remove the group; its chat and its people stay. Raises Problem NO_SUCH_GROUP."""
        await self.of(person, id)
        await self._note(person, id, "deleted")
        await self._storage.delete(GROUPS.name, id)
        await self._remove({"group": id})

    async def forget(self, person: Person) -> None:
        """Take somebody out of all groups."""
        await self._remove({"person": person.id})

    async def page(self, person: Person, number: int, before: int | None) -> Page[Group]:
        """Return a page of all groups, latest made first."""
        Right.GROUPS.demand(person)
        after = None if before is None else (before, before)
        skip = 0 if before is not None else PAGE * (number - 1)
        found = await self._storage.find(GROUPS.name, {}, after=after, skip=skip, limit=PAGE + 1)
        return Page([await self._show(record) for record in found[:PAGE]], len(found) > PAGE)

    async def own(self, person: Person) -> list[Group]:
        """Return the groups that the person is in, at most a hundred."""
        groups = []
        for record in await self._storage.find(GROUP_MEMBERS.name, {"person": person.id}, limit=100):
            with suppress(Missing):  # it is being deleted
                groups.append(await self._show(await self._storage.get(GROUPS.name, record["group"])))
        return groups

    async def people(self, person: Person, id: int, number: int) -> Page[Card]:
        """Return a page of who is in the group, who came to the server last first. Raises Problem NO_SUCH_GROUP."""
        await self.of(person, id)
        found = await self._storage.find(
            GROUP_MEMBERS.name, {"group": id}, order="person", skip=PAGE * (number - 1), limit=PAGE + 1
        )
        cards = await self._people.cards(record["person"] for record in found[:PAGE])
        return Page([cards[record["person"]] for record in found[:PAGE]], len(found) > PAGE)

    async def add(self, person: Person, id: int, users: Sequence[str]) -> Group:
        """Take people in, or keep them. Raises Problem NO_SUCH_GROUP, NO_SUCH_USER, USER_DELETED, GROUP_FULL."""
        group = await self.of(person, id)
        added = await self._ids_of(users, already=await self._count(id))
        await self._note(person, id, "joined", added)
        await self._take_in(id, added)
        return await self._show(group)

    async def remove(self, person: Person, id: int, users: Sequence[str]) -> Group:
        """Let people go, in it or not. Raises Problem NO_SUCH_GROUP, NO_SUCH_USER, USER_DELETED."""
        group = await self.of(person, id)
        leaving = await self._ids_of(users)
        await self._note(person, id, "left", leaving)
        for gone in leaving:
            await self._storage.delete(GROUP_MEMBERS.name, _key(id, gone))
        return await self._show(group)

    async def chat(self, person: Person, id: int) -> ChatDetails:
        """Found the group's chat, with everyone of the group in it; again brings in whoever is not in it.

        Who is in as many chats as one may be, or blocks the founder, stays out.
        Raises Problem NO_SUCH_GROUP, CHAT_FULL.
        """
        group = await self.of(person, id)
        room = Room(CHAT, group["chat"])
        await self._note(person, id, "chat")
        await self._chats.found_for(id, person, room, group["name"])
        await self._storage.update(GROUPS.name, id, {"founded": True})
        after: tuple[int, str] | None = None
        where = {"group": id}
        while found := await self._storage.find(
            GROUP_MEMBERS.name, where, order="person", descending=False, after=after, limit=_AT_ONCE
        ):
            await asyncio.gather(*(self._bring(person, record["person"], room) for record in found))
            after = found[-1]["person"], found[-1]["id"]
        return await self._chats.details(person, room)

    async def of(self, person: Person, id: int) -> Record:
        """Return the group's record to whoever may change it. Raises Problem FORBIDDEN, NO_SUCH_GROUP."""
        Right.GROUPS.demand(person)
        try:
            return await self._storage.get(GROUPS.name, id)
        except Missing:
            raise Problem(Code.NO_SUCH_GROUP) from None

    async def _bring(self, person: Person, id: int, room: Room) -> None:
        guest = await self._people.get(id)
        if guest.id == person.id or guest.deleted:
            return
        try:
            await self._members.invite(person, guest, room)
        except Problem as problem:
            if problem.faults[0].code not in (Code.TOO_MANY_CHATS, Code.NOT_REACHABLE):
                raise

    async def _note(self, actor: Person, group: int, what: str, people: Sequence[int] = ()) -> None:
        data = {"people": list(people)} if people else {}
        await self._audit.note(f"group.{what}", actor=actor, thing=f"group:{group}", data=data)

    async def _ids_of(self, users: Sequence[str], already: int = 0) -> list[int]:
        """Return the ids of these people. Raises Problem NO_SUCH_USER, USER_DELETED, GROUP_FULL."""
        if already + len(users) > self._members.most:
            raise Problem(Code.GROUP_FULL, field="users")
        return [(await self._people.by_name(user)).id for user in dict.fromkeys(users)]

    async def _take_in(self, id: int, people: Sequence[int]) -> None:
        for person in people:
            with suppress(Duplicate):
                await self._storage.insert(GROUP_MEMBERS.name, {"id": _key(id, person), "group": id, "person": person})

    async def _remove(self, where: dict[str, int]) -> None:
        while found := await self._storage.find(GROUP_MEMBERS.name, where, limit=_BATCH):
            for record in found:
                await self._storage.delete(GROUP_MEMBERS.name, record["id"])

    async def _count(self, id: int) -> int:
        return await self._storage.count(GROUP_MEMBERS.name, {"group": id})

    async def _show(self, record: Record) -> Group:
        chat = record["chat"] if record["founded"] else 0
        return Group(record["id"], record["name"], record["color"], await self._count(record["id"]), chat)


def _key(group: int, person: int) -> str:
    return f"{group}:{person}"


def _named(name: str) -> dict[str, str]:
    return {"name": name, "name_key": name.lower()}
