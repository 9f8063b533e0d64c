"""Guests: people of the simple HTTP chat, who have a name and no password; an island of their own.

That seed has no passwords: whoever knows a guest's id may speak for it. So guests read and write open chats only, which
guests make; an account comes into one by its own wish or by invitation of another. No account can be spoken for from
here, and no chat or conversation of accounts can be read.
"""

from collections.abc import Sequence
from typing import NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.chats import CHAT_KEY, Chat
from chatsrv.services.members import MEMBER, Members
from chatsrv.services.messages import MESSAGE, Message, Messages, show
from chatsrv.services.people import PEOPLE, People, Person, new_person
from chatsrv.services.rooms import CHAT, Room
from chatsrv.services.streams import Streams
from storage.base import Collection, Duplicate, Entry, Missing, Record, Storage

OPEN_CHATS = Collection("open_chats", unique=(("name",),))
_BATCH = 500


class OpenChat(NamedTuple):
    """An open chat: ``users`` are the ids of those in it, ``latest`` orders it among others."""

    id: int
    name: str
    users: list[int]
    created: int
    latest: int


class Guests:
    """What the simple HTTP chat may do."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        members: Members,
        messages: Messages,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._members = members
        self._messages = messages
        self._clock = clock
        self._ids = ids

    async def add(self, username: str) -> Person:
        """Make a guest. Raises Problem NICKNAME_TAKEN, also when an account has the name."""
        record = new_person(self._ids(), username, self._clock(), role=Role.STUDENT, guest=True)
        try:
            await self._storage.insert(PEOPLE.name, record)
        except Duplicate:
            raise Problem(Code.NICKNAME_TAKEN, field="username") from None
        return Person.of(record)

    async def add_chat(self, name: str, users: Sequence[int]) -> int:
        """Make an open chat of these guests and return its id.

        Raises Problem NO_SUCH_USER, CHAT_NAME_TAKEN, CHAT_FULL, TOO_MANY_CHATS.
        """
        guests = [await self._guest(user, "users") for user in dict.fromkeys(users)]
        if len(guests) > self._members.most:
            raise Problem(Code.CHAT_FULL, field="users")
        for guest in guests:
            await self._members.check_room_for(guest)
        room = Room(CHAT, self._ids())
        created = self._clock()
        fields = {"name": name, "avatar": "", "admin": 0, "created": created}
        try:
            await self._storage.insert(OPEN_CHATS.name, {"id": room.id, "name": name, "created": created})
        except Duplicate:
            raise Problem(Code.CHAT_NAME_TAKEN, field="name") from None
        chat = Chat(room.id, name, "", "", created)
        await self._streams.append(room.stream, CHAT_KEY, author=0, fields=fields, view=lambda _: chat, key=CHAT_KEY)
        for guest in guests:
            await self._members.join(room, guest, inviter=None)
        return room.id

    async def say(self, chat: int, author: int, text: str) -> Message:
        """Send a guest's message. Raises Problem NO_SUCH_CHAT, NO_SUCH_USER, and NO_SUCH_CHAT for who is not in it."""
        await self._open(chat)
        return await self._messages.send(await self._guest(author, "author"), Room(CHAT, chat), text)

    async def chats(self, user: int) -> list[OpenChat]:
        """Return a guest's chats, the one with the latest message first. Raises Problem NO_SUCH_USER."""
        guest = await self._guest(user, "user")
        entries = await self._storage.marked(MEMBER, guest.id, limit=self._members.most_chats)
        chats = [await self._chat(Room.parse(entry.stream).id) for entry in entries]
        return sorted(chats, key=lambda chat: chat.latest, reverse=True)

    async def messages(self, chat: int) -> list[Message]:
        """Return all messages of an open chat, oldest first, without deleted ones. Raises Problem NO_SUCH_CHAT."""
        await self._open(chat)
        room = Room(CHAT, chat)
        entries: list[Entry] = []
        below: int | None = None
        while page := await self._storage.page(room.stream, MESSAGE, below=below, limit=_BATCH):
            entries += [entry for entry in page if not entry.fields["deleted"]]
            below = page[-1].ordinal
        cards = await self._people.cards(entry.author for entry in entries)
        return [show(entry, room, cards[entry.author]) for entry in reversed(entries)]

    async def join(self, person: Person, chat: int) -> Room:
        """Let an account into an open chat, by its own wish. Raises Problem NO_SUCH_CHAT, CHAT_FULL, TOO_MANY_CHATS."""
        await self._open(chat)
        room = Room(CHAT, chat)
        await self._members.check_room_for(person)
        if await self._members.count(room) >= self._members.most:
            raise Problem(Code.CHAT_FULL)
        await self._members.join(room, person, inviter=None)
        return room

    async def _chat(self, id: int) -> OpenChat:
        record = await self._open(id)
        room = Room(CHAT, id)
        members = await self._storage.page(room.stream, MEMBER, limit=self._members.most)
        users = [entry.fields["person"] for entry in reversed(members) if entry.marks]
        latest = await self._storage.page(room.stream, MESSAGE, limit=1)
        return OpenChat(id, str(record["name"]), users, int(record["created"]), latest[0].id if latest else id)

    async def _open(self, chat: int) -> Record:
        try:
            return await self._storage.get(OPEN_CHATS.name, chat)
        except Missing:
            raise Problem(Code.NO_SUCH_CHAT, field="chat") from None

    async def _guest(self, id: int, field: str) -> Person:
        """Return the guest; an account is none."""
        try:
            person = await self._people.get(id)
        except Problem:
            raise Problem(Code.NO_SUCH_USER, field=field) from None
        if not person.guest:
            raise Problem(Code.NO_SUCH_USER, field=field)
        return person
