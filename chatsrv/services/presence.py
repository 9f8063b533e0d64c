"""Presence: who is connected, who was here when, who is typing; never a write per request or keystroke."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.services.members import Members
from chatsrv.services.people import PEOPLE, Person
from chatsrv.services.rooms import CONVERSATION, Room, Rooms
from chatsrv.services.streams import Event, Streams
from storage.base import Missing, Storage


class Sighting(NamedTuple):
    """Whether somebody is connected now, and when they were last seen (Unix milliseconds)."""

    nickname: str
    online: bool
    last_seen: int


class Typing(NamedTuple):
    """Somebody is writing at this moment."""

    nickname: str


class Presence:
    """Knows who is here; tells those who share a conversation or a small chat with them."""

    def __init__(
        self, storage: Storage, streams: Streams, rooms: Rooms, members: Members, clock: Clock, *, small_room: int
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._rooms = rooms
        self._members = members
        self._clock = clock
        self._small_room = small_room
        self._connections: Counter[int] = Counter()
        self._seen: dict[int, int] = {}

    def saw(self, person: int) -> None:
        """Note that the person did something just now; kept in memory until `flush`."""
        self._seen[person] = self._clock()

    def online(self, person: int) -> bool:
        """Say whether the person has a connection."""
        return self._connections[person] > 0

    def last_seen(self, person: Person) -> int:
        """Return when the person was last seen."""
        return max(person.last_seen, self._seen.get(person.id, 0))

    async def arrive(self, person: Person) -> None:
        """Count a new connection of the person; the first one is news."""
        self._connections[person.id] += 1
        self.saw(person.id)
        if self._connections[person.id] == 1:
            await self._tell(person, True)

    async def depart(self, person: Person) -> None:
        """Count a connection less; the last one is news."""
        self._connections[person.id] -= 1
        self.saw(person.id)
        if self._connections[person.id] <= 0:
            del self._connections[person.id]
            await self._tell(person, False)

    async def typing(self, person: Person, room: Room) -> None:
        """Tell a room that the person is writing. Raises the room's "no such"."""
        await self._rooms.enter(person.id, room)
        self._streams.tell(Event(room.stream, "typing", None, Typing(person.nickname)))

    async def is_small(self, room: Room) -> bool:
        """Say whether everyone in the room may hear of each one's coming, going and reading without a storm."""
        return room.kind == CONVERSATION or await self._members.count(room) <= self._small_room

    async def flush(self) -> None:
        """Write down when people were last seen."""
        seen, self._seen = self._seen, {}
        for person, at in seen.items():
            try:
                await self._storage.update(PEOPLE.name, person, {"last_seen": at})
            except Missing:
                continue

    async def _tell(self, person: Person, online: bool) -> None:
        sighting = Sighting(person.nickname, online, self._clock())
        for room in await self._audience(person):
            self._streams.tell(Event(room.stream, "presence", None, sighting))

    async def _audience(self, person: Person) -> Iterable[Room]:
        chats = [room for room in await self._rooms.chats(person.id) if await self.is_small(room)]
        return [*chats, *await self._rooms.conversations(person.id)]
