"""Chats: rooms with a name, an admin, and members who invite each other."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.attachments import Attachments, Holding, address_of, named_in
from chatsrv.services.members import Members, nickname
from chatsrv.services.messages import MESSAGE, Message, Messages
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import People, Person
from chatsrv.services.places import Places
from chatsrv.services.rooms import CHAT, Room, Rooms
from chatsrv.services.streams import Change, Streams
from storage.base import Duplicate, Entry, Kind, Searchable, Storage

CHAT_KEY = "chat"
CHATS = Kind(CHAT_KEY, Searchable(("name",)))
RETAINED = 1
"""The mark of chats that do not keep messages for ever."""


class Chat(NamedTuple):
    """What everyone sees alike of a chat; ``admin`` is a nickname, "" for nobody.

    ``retention_days`` is how long it keeps messages, None for ever.
    """

    id: int
    name: str
    avatar: str
    admin: str
    created: int
    retention_days: int | None = None


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
        members: Members,
        attachments: Attachments,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._places = places
        self._messages = messages
        self._members = members
        self._attachments = attachments
        attachments.register(CHAT, Holding(self._sees, self._has))
        self._clock = clock
        self._ids = ids
        streams.register(CHAT_KEY, "chat.updated", self.present)

    async def create(self, person: Person, name: str, avatar: str = "", users: Sequence[str] = ()) -> ChatDetails:
        """Found a chat, be its admin, and invite these people by nickname.

        Raises Problem NO_SUCH_USER, USER_DELETED, NOT_REACHABLE, TOO_MANY_CHATS, CHAT_FULL, NO_SUCH_ATTACHMENT,
        NOT_A_PICTURE.
        """
        guests = [await self._people.by_name(user) for user in dict.fromkeys(users)]
        if len(guests) >= self._members.most:
            raise Problem(Code.CHAT_FULL, field="users")
        for one in (person, *guests):
            await self._members.check_room_for(one)
            await self._members.check_welcome(person, one)
        room = Room(CHAT, self._ids())
        await self._attachments.claim_avatar(person, "", avatar, room.stream)
        await self._members.expect(room, person)
        await self._found(person, room, {"name": name, "avatar": avatar})
        await self._attachments.settle_avatar("", avatar, room.stream)
        await self._members.join(room, person, inviter=None)
        for guest in guests:
            if guest.id != person.id:
                await self._members.invite(person, guest, room)
        return await self.details(person, room)

    async def found_for(self, group: int, person: Person, room: Room, name: str) -> None:
        """Found the chat of a group, be its admin, and be in it; when it is there and has an admin, only be in it.

        Raises Duplicate when the room is another's.
        """
        try:
            await self._found(person, room, {"name": name, "avatar": "", "group": group})
        except Duplicate:
            entry = await self._entry(room)
            if entry.fields.get("group") != group:
                raise
            if not entry.fields["admin"]:
                await self._update(entry, person, {"admin": person.id})
        await self._members.join(room, person, inviter=None)

    async def _found(self, person: Person, room: Room, fields: dict[str, Any]) -> None:
        await self._streams.append(
            room.stream,
            CHAT_KEY,
            author=person.id,
            fields=fields | {"admin": person.id, "created": self._clock()},
            view=lambda entry: _show(entry, person.nickname),
            key=CHAT_KEY,
        )

    async def details(self, person: Person, room: Room) -> ChatDetails:
        """Return the chat. Raises Problem NO_SUCH_CHAT."""
        await self._rooms.member(room, person.id)
        place = (await self._places.of(person.id, [room.stream]))[room.stream]
        return ChatDetails(await self._chat(room), await self._members.count(room), place.muted)

    async def page(self, person: Person, number: int, before: int | None = None) -> Page[ChatSummary]:
        """Return a page of one's chats, latest active first."""
        rooms = await self._rooms.chats(person.id)
        active = [room for _, room in sorted([(await self._activity(room), room) for room in rooms], reverse=True)]
        start = PAGE * (number - 1)
        if before is not None:
            start = 1 + next((at for at, room in enumerate(active) if room.id == before), len(active))
        shown = active[start : start + PAGE]
        return Page([await self._summary(person, room) for room in shown], len(active) > start + PAGE)

    async def edit(self, person: Person, room: Room, name: str | None, avatar: str | None) -> ChatDetails:
        """Change the name, the avatar or both (None leaves as it is).

        Raises Problem NO_SUCH_CHAT, ONLY_ADMIN, NO_SUCH_ATTACHMENT, NOT_A_PICTURE.
        """
        entry = await self.administer(person.id, room)
        wanted = {key: value for key, value in {"name": name, "avatar": avatar}.items() if value is not None}
        old = entry.fields["avatar"]
        new = wanted.get("avatar", old)
        await self._attachments.claim_avatar(person, old, new, room.stream)
        await self._update(entry, person, wanted, by_office=True)
        await self._attachments.settle_avatar(old, new, room.stream)
        return await self.details(person, room)

    async def change(self, person: Person, room: Room, wanted: dict[str, Any]) -> ChatDetails:
        """Change other fields of a chat. Raises Problem NO_SUCH_CHAT, ONLY_ADMIN."""
        await self._update(await self.administer(person.id, room), person, wanted, by_office=True)
        return await self.details(person, room)

    async def administer(self, person: int, room: Room) -> Entry:
        """Return the chat's entry to its admin. Raises Problem NO_SUCH_CHAT, ONLY_ADMIN."""
        await self._rooms.member(room, person)
        entry = await self._entry(room)
        if entry.fields["admin"] != person:
            raise Problem(Code.ONLY_ADMIN)
        return entry

    async def mute(self, person: Person, room: Room, muted: bool) -> None:
        """Want no notices of the chat, or want them again."""
        await self._rooms.member(room, person.id)
        await self._places.mute(person.id, room, muted)

    async def leave(self, person: Person, room: Room) -> None:
        """Be a member no longer; an admin's office goes to the member who came first.

        Whoever is the last to leave takes the name and the avatar along: nobody comes in any more.
        """
        await self._rooms.member(room, person.id)
        # Before they are gone: whatever dies now, the chat has an admin who is in it.
        await self._hand_over(person, room)
        await self._members.part(room, person, by=person)
        await self._close(person, room)

    async def exclude(self, person: Person, room: Room, target: Person) -> None:
        """Remove somebody whom one, or one's guests, invited; the admin may remove anyone else.

        Raises Problem NO_SUCH_CHAT, NOT_A_MEMBER, MAY_NOT_EXCLUDE.
        """
        await self._rooms.member(room, person.id)
        try:
            await self._rooms.member(room, target.id)
        except Problem:
            raise Problem(Code.NOT_A_MEMBER) from None
        if not await self._members.may_exclude(person, room, target, (await self._entry(room)).fields["admin"]):
            raise Problem(Code.MAY_NOT_EXCLUDE)
        await self._members.part(room, target, by=person)

    async def forget(self, person: Person) -> None:
        """Let somebody who goes leave all chats; their pictures are no chat's avatar any more."""
        for room in {*await self._places.ever(person.id), *await self._rooms.every(person.id)}:
            if room.kind == CHAT:
                with suppress(Problem):  # they left it before
                    await self.leave(person, room)
                await self._close(person, room)  # if that was cut off
        async for id in self._attachments.holders(person.id, CHAT):
            entry = await self._entry(Room(CHAT, int(id)))
            await self._update(entry, person, {"avatar": ""})

    async def _hand_over(self, person: Person, room: Room) -> None:
        """Give the office to who came first of the others; to the next one if that one is just leaving, too."""
        entry, leaving = await self._entry(room), {person.id}
        while entry.fields["admin"] in leaving and (heir := await self._members.eldest(room, leaving)):
            await self._update(entry, person, {"admin": heir})
            entry = await self._entry(room)
            if not await self._members.has(room, heir):
                leaving.add(heir)

    async def _close(self, person: Person, room: Room) -> None:
        """Take along what is theirs who left last; whoever was made the admin at that moment hands it on."""
        await self._hand_over(person, room)
        entry = await self._entry(room)
        if entry.fields["admin"] != person.id:
            return
        if "group" in entry.fields:  # whoever founds it for the group again finds it under its name
            await self._update(entry, person, {"admin": 0})
            return
        await self._attachments.doubt(named_in([entry.fields["avatar"]]))
        await self._update(entry, person, {"admin": 0, "name": "", "avatar": ""})
        await self._attachments.settle_avatar(entry.fields["avatar"], "", room.stream)

    async def _summary(self, person: Person, room: Room) -> ChatSummary:
        place = (await self._places.of(person.id, [room.stream]))[room.stream]
        last = await self._messages.latest(room)
        unread = await self._messages.unread(person, room, place.read_ordinal)
        return ChatSummary(await self._chat(room), last, unread, place.read_id, place.muted)

    async def _update(self, entry: Entry, person: Person, wanted: dict[str, Any], *, by_office: bool = False) -> None:
        """Change the chat and tell who is its admin then: the office may pass to another while this is under way.

        With ``by_office`` that other one is not overruled: raises Problem ONLY_ADMIN.
        """

        admin = (entry.fields | wanted)["admin"]
        shown = nickname(await self._people.cards([admin]), admin)

        def decide(now: Entry) -> Change | None:
            changed = now.fields | wanted
            if changed["admin"] != admin:
                raise Problem(Code.ONLY_ADMIN) if by_office else _HandedOver
            marks = (RETAINED,) if changed.get("retention_days") else ()
            return Change("chat.updated", changed, marks) if changed != now.fields else None

        try:
            await self._streams.change(entry, decide, author=person.id, view=lambda now: _show(now, shown))
        except _HandedOver:
            await self._update(await self._entry(Room.parse(entry.stream)), person, wanted)

    async def _sees(self, person: Person, id: str) -> bool:
        try:
            await self._rooms.enter(person.id, Room(CHAT, int(id)))
        except Problem:
            return False
        return True

    async def _has(self, id: str, attachment: str) -> bool:
        stream = Room(CHAT, int(id)).stream
        entry = (await self._storage.keyed(stream, [CHAT_KEY])).get(CHAT_KEY)
        return entry is not None and entry.fields["avatar"] == address_of(attachment)

    async def _activity(self, room: Room) -> int:
        latest = await self._storage.page(room.stream, MESSAGE, limit=1)
        return latest[0].id if latest else room.id

    async def _entry(self, room: Room) -> Entry:
        return (await self._storage.keyed(room.stream, [CHAT_KEY]))[CHAT_KEY]

    async def _chat(self, room: Room) -> Chat:
        return (await self.present([await self._entry(room)], 0))[0]

    async def present(self, entries: Sequence[Entry], person: int) -> list[Chat]:
        """Show entries of chats, to everyone in them alike."""
        cards = await self._people.cards(entry.fields["admin"] for entry in entries)
        return [_show(entry, nickname(cards, entry.fields["admin"])) for entry in entries]


def _show(entry: Entry, admin: str) -> Chat:
    fields = entry.fields
    id, days = Room.parse(entry.stream).id, fields.get("retention_days")
    return Chat(id, fields["name"], fields["avatar"], admin, fields["created"], days)


class _HandedOver(Exception):
    """The admin is somebody else by now."""
