"""Rooms: the chats and conversations that a person may enter, and the streams that they may hear."""

import asyncio
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.people import Person
from chatsrv.services.recent import Recent
from storage.base import Collection, Entry, Missing, Storage

CONVERSATIONS = Collection("conversations", indexes=(("complete",),), unique=(("pair",),))
"""``complete`` is false until both of the two have their side of it."""

INBOX = Collection("inbox", indexes=(("person", "last"), ("person",)))
"""One record for each person of a conversation; ``last`` is the id of its latest message, so that lists keep order."""

_BATCH = 500
CHAT, CONVERSATION = "chat", "conversation"
MODERATORS = "moderators"
NEWS = "news"
"""What everybody hears: school events and banners."""

_NO_SUCH = {CHAT: Code.NO_SUCH_CHAT, CONVERSATION: Code.NO_SUCH_CONVERSATION}


def user_stream(person: int) -> str:
    """The stream of what concerns this person alone."""
    return f"user:{person}"


def member_key(person: int) -> str:
    """The key of a person's membership in a room's stream."""
    return f"member:{person}"


class Room(NamedTuple):
    """A chat or a conversation."""

    kind: str
    id: int

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, stream: str) -> "Room":
        """Return the room of a stream's name. Raises Problem NO_SUCH_STREAM."""
        kind, _, id = stream.partition(":")
        if kind not in _NO_SUCH or not (id.isascii() and id.isdigit() and len(id) <= 16):
            raise Problem(Code.NO_SUCH_STREAM)
        return cls(kind, int(id))


class Rooms:
    """Loads and permits in one step: who gets a room from here may be in it."""

    def __init__(self, storage: Storage, clock: Clock, *, streams_per_connection: int) -> None:
        self._storage = storage
        self._inside: Recent[tuple[str, int], Room] = Recent(clock)
        self._most = streams_per_connection

    async def enter(self, person: int, room: Room) -> Room:
        """Return the room if the person is in it. Raises Problem "no such", also when it exists but is not theirs.

        Who was inside a moment ago may enter for half a second more, unless this process has seen them leave.
        """
        key = (room.stream, person)
        if self._inside.get(key) is None:
            await self._check(room, person)
            self._inside.put(key, room)
        return room

    def left(self, person: int, room: Room) -> None:
        """Let the person enter no more without looking."""
        self._inside.forget((room.stream, person))

    async def _check(self, room: Room, person: int) -> None:
        if room.kind == CHAT:
            await self.member(room, person)
        else:
            await self.pair(person, room.id)

    async def member(self, room: Room, person: int) -> Entry:
        """Return the person's membership in the chat. Raises Problem NO_SUCH_CHAT."""
        key = member_key(person)
        entry = (await self._storage.keyed(room.stream, [key])).get(key)
        if entry is None or not entry.marks:
            raise Problem(Code.NO_SUCH_CHAT)
        return entry

    async def pair(self, person: int, conversation: int) -> tuple[int, int]:
        """Return the two people of the conversation, this person first. Raises Problem NO_SUCH_CONVERSATION."""
        try:
            low, high = (await self._storage.get(CONVERSATIONS.name, conversation))["people"]
        except Missing:
            raise Problem(Code.NO_SUCH_CONVERSATION) from None
        if person not in (low, high):
            raise Problem(Code.NO_SUCH_CONVERSATION)
        return (low, high) if person == low else (high, low)

    async def chats(self, person: int) -> list[Room]:
        """Return the chats that the person is in, latest joined first, at most as many as a connection may hear."""
        return [Room.parse(stream) for stream in await self._storage.places("member", person, limit=self._most)]

    async def conversations(self, person: int) -> list[Room]:
        """Return the person's conversations, latest active first, at most as many as a connection may hear."""
        return [room for room, _ in await self.peers(person)]

    async def peers(self, person: int) -> list[tuple[Room, int]]:
        """Return the same conversations, each with the other one of its two people."""
        where = {"person": person}
        records = await self._storage.find(INBOX.name, where, order="last", limit=self._most)
        return [(Room(CONVERSATION, record["conversation"]), record["peer"]) for record in records]

    async def every(self, person: int) -> list[Room]:
        """Return every chat and conversation that the person is in, however many there are."""
        rooms: list[Room] = []
        below: int | None = None
        while entries := await self._storage.marked("member", person, below=below, limit=_BATCH):
            rooms += [Room.parse(entry.stream) for entry in entries]
            below = entries[-1].id
        after: tuple[str, str] | None = None
        while records := await self._storage.find(INBOX.name, {"person": person}, after=after, limit=_BATCH):
            rooms += [Room(CONVERSATION, record["conversation"]) for record in records]
            after = records[-1]["id"], records[-1]["id"]
            await asyncio.sleep(0)  # thousands take a while: let the others have their turn
        return rooms

    async def audible(self, person: Person) -> list[str]:
        """Return the names of all streams that the person hears, their own first."""
        own = [user_stream(person.id), NEWS] + [MODERATORS] * (person.role >= Role.TEACHER)
        chats = await self._storage.places("member", person.id, limit=self._most)
        return (own + chats + [room.stream for room in await self.conversations(person.id)])[: self._most]

    async def hear(self, person: Person, stream: str) -> None:
        """Return if the person may hear the stream. Raises Problem NO_SUCH_STREAM or the room's own "no such".

        Always looks: who begins to hear goes on hearing.
        """
        own = (user_stream(person.id), NEWS)
        if stream in own or (stream == MODERATORS and person.role >= Role.TEACHER):
            return
        await self._check(Room.parse(stream), person.id)
