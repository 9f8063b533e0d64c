"""Members: who is in a chat, whom they invited, and who may exclude whom."""

from collections.abc import Sequence
from typing import NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.services.arrivals import Arrival, Arrivals
from chatsrv.services.blocks import Blocks
from chatsrv.services.errands import Errands
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import Card, People, Person
from chatsrv.services.places import Places
from chatsrv.services.rooms import CHAT, Room, Rooms, member_key
from chatsrv.services.streams import Admit, Change, Expel, Streams, View
from storage.base import Duplicate, Entry, Storage

MEMBER = "member"
_ALL = 1_000_000


class Membership(NamedTuple):
    """Somebody's coming, going or new name, told to the room; ``inviter`` is a nickname, "" for nobody.

    ``joined`` says whether they are in the room now, whatever happened last.
    """

    room: Room
    user: Card
    inviter: str
    joined: bool


class Member(NamedTuple):
    """A member as another sees them: ``can_delete`` when they stand below that one in the tree of invitations."""

    user: Card
    inviter: str
    can_delete: bool


class Members:
    """Keeps the members of chats as entries of the chats' streams."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        places: Places,
        notifications: Notifications,
        blocks: Blocks,
        arrivals: Arrivals,
        errands: Errands,
        chats_per_person: int,
        chat_members: int,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._places = places
        self._notifications = notifications
        self._blocks = blocks
        self._arrivals = arrivals
        self.most_chats = chats_per_person
        self.most = chat_members
        streams.register(MEMBER, "chat.joined", self._present, ends=frozenset({"chat.left"}))
        errands.add(self.finish)

    async def seen(self, person: Person, room: Room) -> list[Member]:
        """Return the members as the person sees them, latest come first."""
        await self._rooms.member(room, person.id)
        entries = await self._all(room)
        inviters = _inviters(entries)
        present = [entry.fields for entry in entries if entry.marks]
        cards = await self._people.cards(id for fields in present for id in (fields["person"], fields["inviter"]))
        return [
            Member(
                cards[fields["person"]],
                nickname(cards, fields["inviter"]),
                person.id in _ancestors(inviters, fields["person"]),
            )
            for fields in present
        ]

    async def count(self, room: Room) -> int:
        """How many members the chat has."""
        return await self._storage.tally(room.stream, MEMBER)

    async def eldest(self, room: Room, but: set[int]) -> int:
        """Return who of the other members came first, 0 when there is nobody."""
        present = [entry.fields["person"] for entry in reversed(await self._all(room)) if entry.marks]
        return next((one for one in present if one not in but), 0)

    async def has(self, room: Room, person: int) -> bool:
        """Say whether somebody is a member."""
        key = member_key(person)
        entry = (await self._storage.keyed(room.stream, [key])).get(key)
        return entry is not None and bool(entry.marks)

    async def check_room_for(self, person: Person) -> None:
        """Refuse who is in as many chats as one may be. Raises Problem TOO_MANY_CHATS."""
        entries = await self._storage.marked(MEMBER, person.id, limit=self.most_chats)
        if len(entries) >= self.most_chats:
            raise Problem(Code.TOO_MANY_CHATS, data=person.nickname)

    async def check_welcome(self, person: Person, guest: Person) -> None:
        """Refuse to invite somebody who blocks the person. Raises Problem NOT_REACHABLE."""
        if await self._blocks.stand(guest.id, person.id):
            raise Problem(Code.NOT_REACHABLE)

    async def inside(self, room: Room) -> set[int]:
        """Return the ids of all members."""
        return {entry.fields["person"] for entry in await self._all(room) if entry.marks}

    async def invite(self, person: Person, guest: Person, room: Room) -> None:
        """Make the guest a member; again changes nothing.

        Raises Problem NO_SUCH_CHAT, NOT_REACHABLE, CHAT_FULL, TOO_MANY_CHATS.
        """
        await self._rooms.member(room, person.id)
        await self.check_welcome(person, guest)
        await self.check_room_for(guest)
        if await self.count(room) >= self.most:
            raise Problem(Code.CHAT_FULL)
        await self.join(room, guest, inviter=person)

    async def expect(self, room: Room, founder: Person) -> None:
        """Let somebody be in the chat that they are about to found, even if they are cut off right after it."""
        await self._arrivals.begin(Arrival(room, founder.id, 0))

    async def join(self, room: Room, guest: Person, inviter: Person | None) -> None:
        """Note a new member, and tell them who invited them; a founder is invited by nobody."""
        arrival = Arrival(room, guest.id, inviter.id if inviter else 0)
        await self._arrivals.begin(arrival)
        await self._welcome(arrival, await self._enter(arrival, guest), inviter)
        await self._arrivals.end(arrival)

    async def finish(self) -> None:
        """Do what follows from arrivals for processes that died before they could."""
        for arrival in await self._arrivals.unfinished():
            keys = [CHAT, member_key(arrival.person)]
            chat, member = map((await self._storage.keyed(arrival.room.stream, keys)).get, keys)
            person = await self._people.get(arrival.person)
            if chat is not None and member is None and not arrival.inviter and not person.deleted:
                member = await self._enter(arrival, person)
            if member is not None and member.marks:
                inviter = await self._people.get(arrival.inviter) if arrival.inviter else None
                await self._welcome(arrival, member, inviter)
            await self._arrivals.end(arrival)

    async def _enter(self, arrival: Arrival, guest: Person) -> Entry:
        room, fields = arrival.room, {"person": guest.id, "inviter": arrival.inviter}
        key, marks = member_key(guest.id), (guest.id,)
        view = await self._view(room, fields)
        try:
            return await self._streams.append(
                room.stream, MEMBER, author=guest.id, fields=fields, view=view, key=key, marks=marks
            )
        except Duplicate:
            return await self._rejoin(room, guest, fields)

    async def _welcome(self, arrival: Arrival, member: Entry, inviter: Person | None) -> None:
        room, guest = arrival.room, arrival.person
        self._streams.tell(Admit(guest, room.stream, member.rev - 1))
        if not (await self._places.of(guest, [room.stream]))[room.stream].joined:
            await self._places.join(guest, room)
        if inviter is not None:
            name = (await self._storage.keyed(room.stream, [CHAT]))[CHAT].fields["name"]
            data = {"stream": room.stream, "name": name, "author": inviter.nickname, "author_id": inviter.id}
            await self._notifications.notify(guest, "invitation", data, once=f"member:{member.id}:{member.rev}")

    async def part(self, room: Room, target: Person, by: Person) -> None:
        """Note that a member has gone; they hear no more of the chat from now on."""
        member = await self._rooms.member(room, target.id)

        def decide(now: Entry) -> Change | None:
            return Change("chat.left", now.fields, ()) if now.marks else None

        await self._streams.change(member, decide, author=by.id, view=await self._view(room, member.fields))
        self._rooms.left(target.id, room)
        self._streams.tell(Expel(target.id, room.stream))
        await self._places.leave(target.id, room)

    async def may_exclude(self, person: Person, room: Room, target: Person, admin: int) -> bool:
        """Say whether the target stands below the person; the admin stands above all, and below nobody."""
        if target.id in (admin, person.id):
            return False
        return person.id == admin or person.id in await self._ancestors_of(room, target.id)

    async def rename(self, person: Person, room: Room) -> None:
        """Tell a chat that the person is or was in, within its numbers, of their new nickname, name or avatar."""
        key = member_key(person.id)
        member = (await self._storage.keyed(room.stream, [key]))[key]

        def decide(now: Entry) -> Change:
            return Change("chat.updated", now.fields, now.marks)

        await self._streams.change(member, decide, author=person.id, view=await self._view(room, member.fields))

    async def _rejoin(self, room: Room, guest: Person, fields: dict[str, int]) -> Entry:
        key = member_key(guest.id)
        entry = (await self._storage.keyed(room.stream, [key]))[key]
        if guest.id in await self._ancestors_of(room, fields["inviter"]):
            # Invited back by one's own guest: the tree must not become a ring.
            fields = entry.fields

        def decide(now: Entry) -> Change | None:
            return None if now.marks else Change("chat.joined", fields, (guest.id,))

        return await self._streams.change(entry, decide, author=guest.id, view=await self._view(room, fields))

    async def _view(self, room: Room, fields: dict[str, int]) -> View:
        """Read the names at the last moment: a new name, told once it is stored, then always comes after an old one."""
        person, inviter = fields["person"], fields["inviter"]
        cards = await self._people.cards((person, inviter))
        return lambda entry: Membership(room, cards[person], nickname(cards, inviter), bool(entry.marks))

    async def _ancestors_of(self, room: Room, person: int) -> set[int]:
        return _ancestors(_inviters(await self._all(room)), person)

    async def _all(self, room: Room) -> Sequence[Entry]:
        return await self._storage.page(room.stream, MEMBER, limit=_ALL)

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Membership]:
        views = [await self._view(Room.parse(entry.stream), entry.fields) for entry in entries]
        return [view(entry) for view, entry in zip(views, entries, strict=True)]


def nickname(cards: dict[int, Card], id: int) -> str:
    """Return the nickname on the card of this id, "" for nobody's."""
    return cards[id].nickname if id in cards else ""


def _inviters(entries: Sequence[Entry]) -> dict[int, int]:
    return {entry.fields["person"]: entry.fields["inviter"] for entry in entries}


def _ancestors(inviters: dict[int, int], person: int) -> set[int]:
    """Return who invited the person, who invited that one, and so on."""
    found: set[int] = set()
    while (person := inviters.get(person, 0)) and person not in found:
        found.add(person)
    return found
