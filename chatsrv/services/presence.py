"""Presence: who is connected, who was here when, who is typing; never a write per request or keystroke."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.attendance import Attendance
from chatsrv.services.members import Members
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.rooms import CONVERSATION, Room, Rooms
from chatsrv.services.streams import Event, Streams
from storage.base import Missing, Storage, Unavailable

_LOG = logging.getLogger("chatsrv")


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
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        members: Members,
        attendance: Attendance,
        clock: Clock,
        *,
        small_room: int,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._attendance = attendance
        self._rooms = rooms
        self._members = members
        self._clock = clock
        self._small_room = small_room
        self._seen: dict[int, int] = {}

    def saw(self, person: int) -> None:
        """Note that the person did something just now; kept in memory until `flush`."""
        self._seen[person] = self._clock()

    async def online(self, persons: Iterable[int]) -> set[int]:
        """Return which of these people have a connection to any process."""
        return await self._attendance.online(persons)

    def last_seen(self, person: Person) -> int:
        """Return when the person was last seen."""
        return max(person.last_seen, self._seen.get(person.id, 0))

    async def arrive(self, person: int) -> None:
        """Count a new connection of the person; the first one is news."""
        self.saw(person)
        if await self._attendance.arrive(person):
            await self.tell(person, True)

    async def depart(self, person: int) -> None:
        """Count a connection less; the last one is news."""
        self.saw(person)
        if await self._attendance.depart(person):
            await self.tell(person, False)

    async def tell(self, person: int, online: bool) -> None:
        """Tell those who may know whether the person is here; without storage nobody is told, and that is no error."""
        try:
            teller = await self._people.get(person)
            sighting = Sighting(teller.nickname, online, self._clock())
            for room in await self._audience(teller):
                self._streams.tell(Event(room.stream, "presence", None, sighting))
        except (Problem, Unavailable):
            _LOG.info("nobody was told that a person has come or gone")

    async def typing(self, person: Person, room: Room) -> None:
        """Tell a room that the person is writing. Raises the room's "no such"."""
        await self._rooms.enter(person.id, room)
        self._streams.tell(Event(room.stream, "typing", None, Typing(person.nickname)))

    async def is_small(self, room: Room) -> bool:
        """Say whether everyone in the room may hear of each one's coming, going and reading without a storm."""
        return room.kind == CONVERSATION or await self._members.count(room) <= self._small_room

    async def flush(self) -> None:
        """Write down when people were last seen."""
        for person, at in list(self._seen.items()):
            with suppress(Missing):
                await self._storage.update(PEOPLE.name, person, {"last_seen": at})
            if self._seen.get(person) == at:
                del self._seen[person]

    async def _audience(self, person: Person) -> Iterable[Room]:
        chats = [room for room in await self._rooms.chats(person.id) if await self.is_small(room)]
        return [*chats, *await self._rooms.conversations(person.id)]
