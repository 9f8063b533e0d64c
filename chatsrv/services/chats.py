"""Chats: rooms with a name, an admin, and members who invite each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.messages import Message, Messages
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.places import Places
from chatsrv.services.rooms import CHAT, Room, Rooms, member_key
from chatsrv.services.streams import Admit, Change, Expel, Streams
from storage.base import Duplicate, Entry, Storage

CHAT_KEY = "chat"
MEMBER = "member"
_ALL = 1_000_000


class Chat(NamedTuple):
    """What everyone sees alike of a chat; ``admin`` is a nickname, "" for nobody."""

    id: int
    name: str
    avatar: str
    admin: str
    created: int


class ChatDetails(NamedTuple):
    """A chat as one member sees it."""

    chat: Chat
    users_count: int
    muted: bool


class ChatSummary(NamedTuple):
    """A line in the list of one's chats."""

    chat: Chat
    last_message: Message | None
    unread: int
    read_id: int
    muted: bool


class Membership(NamedTuple):
    """Somebody's coming, going or new name, told to the chat; ``inviter`` is a nickname, "" for the founder."""

    room: Room
    user: Card
    inviter: str


class Member(NamedTuple):
    """A member as another sees them: ``can_delete`` when they stand below that one in the tree of invitations."""

    user: Card
    inviter: str
    can_delete: bool


class Chats:
    """What may be done with chats, and by whom."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        places: Places,
        messages: Messages,
        clock: Clock,
        ids: IdMaker,
        *,
        chats_per_person: int,
        chat_members: int,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._places = places
        self._messages = messages
        self._clock = clock
        self._ids = ids
        self._chats_per_person = chats_per_person
        self._chat_members = chat_members
        streams.register(CHAT_KEY, "chat.updated", self._present_chats)
        streams.register(MEMBER, "chat.joined", self._present_members, ends=frozenset({"chat.left"}))

    async def create(self, person: Person, name: str, avatar: str = "", users: Sequence[str] = ()) -> ChatDetails:
        """Found a chat, be its admin, and invite these people by nickname.

        Raises Problem NO_SUCH_USER, TOO_MANY_CHATS.
        """
        guests = [await self._people.by_name(user) for user in dict.fromkeys(users)]
        if len(guests) >= self._chat_members:
            raise Problem(Code.CHAT_FULL, field="users")
        await self._check_room_for(person)
        room = Room(CHAT, self._ids())
        fields = {"name": name, "avatar": avatar, "admin": person.id, "created": self._clock()}
        await self._streams.append(
            room.stream,
            CHAT_KEY,
            author=person.id,
            fields=fields,
            view=lambda entry: _show_chat(entry, person.nickname),
            key=CHAT_KEY,
        )
        await self._join(room, person, inviter=None)
        for guest in guests:
            if guest.id != person.id:
                await self.invite(person, guest, room)
        return await self.details(person, room)

    async def details(self, person: Person, room: Room) -> ChatDetails:
        """Return the chat. Raises Problem NO_SUCH_CHAT."""
        await self._rooms.member(room, person.id)
        count = await self._storage.tally(room.stream, MEMBER)
        place = (await self._places.of(person.id, [room.stream]))[room.stream]
        return ChatDetails(await self._chat(room), count, place.muted)

    async def page(self, person: Person, number: int, before: int | None = None) -> Page[ChatSummary]:
        """Return a page of one's chats, latest active first."""
        active = sorted(
            [(await self._activity(room), room) for room in await self._rooms.chats(person.id)], reverse=True
        )
        start = PAGE * (number - 1)
        if before is not None:
            start = 1 + next((at for at, (_, room) in enumerate(active) if room.id == before), len(active))
        shown = [room for _, room in active[start : start + PAGE]]
        places = await self._places.of(person.id, [room.stream for room in shown])
        summaries = []
        for room in shown:
            place = places[room.stream]
            last = await self._messages.latest(room)
            unread = await self._messages.unread(person, room, place.read_ordinal)
            summaries.append(ChatSummary(await self._chat(room), last, unread, place.read_id, place.muted))
        return Page(summaries, len(active) > start + PAGE)

    async def users(self, person: Person, room: Room) -> list[Member]:
        """Return the members, latest come first."""
        await self._rooms.member(room, person.id)
        entries = await self._storage.page(room.stream, MEMBER, limit=_ALL)
        inviters = {entry.fields["person"]: entry.fields["inviter"] for entry in entries}
        present = [entry.fields for entry in entries if entry.marks]
        cards = await self._people.cards(id for fields in present for id in (fields["person"], fields["inviter"]))
        return [
            Member(
                cards[fields["person"]],
                _nickname(cards, fields["inviter"]),
                person.id in _ancestors(inviters, fields["person"]),
            )
            for fields in present
        ]

    async def count(self, room: Room) -> int:
        """How many members the chat has."""
        return await self._storage.tally(room.stream, MEMBER)

    async def invite(self, person: Person, guest: Person, room: Room) -> None:
        """Make the guest a member; again changes nothing. Raises Problem NO_SUCH_CHAT, CHAT_FULL, TOO_MANY_CHATS."""
        await self._rooms.member(room, person.id)
        await self._check_room_for(guest)
        if await self._storage.tally(room.stream, MEMBER) >= self._chat_members:
            raise Problem(Code.CHAT_FULL)
        await self._join(room, guest, inviter=person)

    async def edit(self, person: Person, room: Room, name: str | None, avatar: str | None) -> ChatDetails:
        """Change the name, the avatar or both (None leaves as it is). Raises Problem NO_SUCH_CHAT, ONLY_ADMIN."""
        await self._rooms.member(room, person.id)
        entry = await self._entry(room)
        if entry.fields["admin"] != person.id:
            raise Problem(Code.ONLY_ADMIN)
        wanted = {key: value for key, value in {"name": name, "avatar": avatar}.items() if value is not None}
        await self._update(entry, person, wanted, person.nickname)
        return await self.details(person, room)

    async def mute(self, person: Person, room: Room, muted: bool) -> None:
        """Want no notices of the chat, or want them again."""
        await self._rooms.member(room, person.id)
        await self._places.mute(person.id, room, muted)

    async def leave(self, person: Person, room: Room) -> None:
        """Be a member no longer; an admin's office goes to the member who came first."""
        await self._rooms.member(room, person.id)
        await self._part(room, person, by=person)

    async def exclude(self, person: Person, room: Room, target: Person) -> None:
        """Remove somebody whom one, or one's guests, invited; the admin may remove anyone else.

        Raises Problem NO_SUCH_CHAT, NOT_A_MEMBER, MAY_NOT_EXCLUDE.
        """
        await self._rooms.member(room, person.id)
        try:
            await self._rooms.member(room, target.id)
        except Problem:
            raise Problem(Code.NOT_A_MEMBER) from None
        if not await self._may_exclude(person, room, target):
            raise Problem(Code.MAY_NOT_EXCLUDE)
        await self._part(room, target, by=person)

    async def rename(self, person: Person, room: Room) -> None:
        """Tell a chat that the person is or was in, within its numbers, of their new nickname, name or avatar."""
        key = member_key(person.id)
        member = (await self._storage.keyed(room.stream, [key]))[key]
        inviter = member.fields["inviter"]
        shown = Membership(room, person.card, _nickname(await self._people.cards([inviter]), inviter))

        def decide(now: Entry) -> Change:
            return Change("chat.updated", now.fields, now.marks)

        await self._streams.change(member, decide, author=person.id, view=lambda _: shown)

    async def _join(self, room: Room, guest: Person, inviter: Person | None) -> None:
        fields = {"person": guest.id, "inviter": inviter.id if inviter else 0}
        shown = Membership(room, guest.card, inviter.nickname if inviter else "")
        key, marks = member_key(guest.id), (guest.id,)
        try:
            entry = await self._streams.append(
                room.stream, MEMBER, author=guest.id, fields=fields, view=lambda _: shown, key=key, marks=marks
            )
        except Duplicate:
            entry = await self._rejoin(room, guest, fields, shown)
        self._streams.tell(Admit(guest.id, room.stream, entry.rev - 1))
        if not (await self._places.of(guest.id, [room.stream]))[room.stream].joined:
            await self._places.join(guest.id, room)

    async def _rejoin(self, room: Room, guest: Person, fields: dict[str, Any], shown: Membership) -> Entry:
        entry = (await self._storage.keyed(room.stream, [member_key(guest.id)]))[member_key(guest.id)]
        if guest.id in await self._ancestors_of(room, fields["inviter"]):
            # Invited back by one's own guest: the tree must not become a ring.
            fields, inviter = entry.fields, entry.fields["inviter"]
            shown = Membership(room, guest.card, _nickname(await self._people.cards([inviter]), inviter))

        def decide(now: Entry) -> Change | None:
            return None if now.marks else Change("chat.joined", fields, (guest.id,))

        return await self._streams.change(entry, decide, author=guest.id, view=lambda _: shown)

    async def _part(self, room: Room, target: Person, by: Person) -> None:
        member = await self._rooms.member(room, target.id)
        inviter = await self._people.cards([member.fields["inviter"]])
        shown = Membership(room, target.card, _nickname(inviter, member.fields["inviter"]))

        def decide(now: Entry) -> Change | None:
            return Change("chat.left", now.fields, ()) if now.marks else None

        await self._streams.change(member, decide, author=by.id, view=lambda _: shown)
        self._streams.tell(Expel(target.id, room.stream))
        await self._places.leave(target.id, room)
        await self._hand_over(room, target)

    async def _hand_over(self, room: Room, former: Person) -> None:
        entry = await self._entry(room)
        if entry.fields["admin"] != former.id:
            return
        members = await self._storage.page(room.stream, MEMBER, limit=_ALL)
        heir = next((member.fields["person"] for member in reversed(members) if member.marks), 0)
        nickname = _nickname(await self._people.cards([heir]), heir)
        await self._update(entry, former, {"admin": heir}, nickname)

    async def _update(self, entry: Entry, person: Person, wanted: dict[str, Any], admin: str) -> None:
        def decide(now: Entry) -> Change | None:
            changed = now.fields | wanted
            return Change("chat.updated", changed, ()) if changed != now.fields else None

        await self._streams.change(entry, decide, author=person.id, view=lambda now: _show_chat(now, admin))

    async def _may_exclude(self, person: Person, room: Room, target: Person) -> bool:
        admin = (await self._entry(room)).fields["admin"]
        if target.id in (admin, person.id):
            return False
        return person.id == admin or person.id in await self._ancestors_of(room, target.id)

    async def _ancestors_of(self, room: Room, person: int) -> set[int]:
        entries = await self._storage.page(room.stream, MEMBER, limit=_ALL)
        return _ancestors({entry.fields["person"]: entry.fields["inviter"] for entry in entries}, person)

    async def _check_room_for(self, person: Person) -> None:
        entries = await self._storage.marked(MEMBER, person.id, limit=self._chats_per_person)
        if len(entries) >= self._chats_per_person:
            raise Problem(Code.TOO_MANY_CHATS, data=person.nickname)

    async def _activity(self, room: Room) -> int:
        latest = await self._storage.page(room.stream, "message", limit=1)
        return latest[0].id if latest else room.id

    async def _entry(self, room: Room) -> Entry:
        return (await self._storage.keyed(room.stream, [CHAT_KEY]))[CHAT_KEY]

    async def _chat(self, room: Room) -> Chat:
        entry = await self._entry(room)
        return (await self._present_chats([entry], 0))[0]

    async def _present_chats(self, entries: Sequence[Entry], person: int) -> list[Chat]:
        cards = await self._people.cards(entry.fields["admin"] for entry in entries)
        return [_show_chat(entry, _nickname(cards, entry.fields["admin"])) for entry in entries]

    async def _present_members(self, entries: Sequence[Entry], person: int) -> list[Membership]:
        ids = {id for entry in entries for id in (entry.fields["person"], entry.fields["inviter"])}
        cards = await self._people.cards(ids)
        return [
            Membership(
                Room.parse(entry.stream), cards[entry.fields["person"]], _nickname(cards, entry.fields["inviter"])
            )
            for entry in entries
        ]


def _show_chat(entry: Entry, admin: str) -> Chat:
    fields = entry.fields
    return Chat(Room.parse(entry.stream).id, fields["name"], fields["avatar"], admin, fields["created"])


def _nickname(cards: dict[int, Card], id: int) -> str:
    return cards[id].nickname if id in cards else ""


def _ancestors(inviters: dict[int, int], person: int) -> set[int]:
    """Return who invited the person, who invited that one, and so on."""
    found: set[int] = set()
    while (person := inviters.get(person, 0)) and person not in found:
        found.add(person)
    return found
