"""Presence: who is connected, who was here when, who is typing; never a write per request or keystroke."""

import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.attendance import Attendance, Sighting
from chatsrv.services.blocks import Blocks
from chatsrv.services.members import Members
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.rooms import CONVERSATION, Room, Rooms, user_stream
from chatsrv.services.streams import Event, Streams
from storage.base import Missing, Stale, Storage, Unavailable

_LOG = logging.getLogger("chatsrv")


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
        blocks: Blocks,
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
        self._blocks = blocks
        self._clock = clock
        self._small_room = small_room
        self._seen: dict[int, int] = {}

    def saw(self, person: int) -> None:
        """Note that the person did something just now; kept in memory until `flush`."""
        self._seen[person] = self._clock()

    async def online(self, viewer: Person, persons: Iterable[int]) -> set[int]:
        """Return which of these people have a connection to any process; who blocks the viewer seems to have none."""
        found = await self._attendance.online(persons)
        return found - await self._blocks.against(viewer.id) if found else found

    async def sighting(self, viewer: Person, person: Person) -> Sighting:
        """Return what the viewer may know of where the person is: nothing, when the person blocks them."""
        if await self._blocks.stand(person.id, viewer.id):
            return Sighting(person.nickname, False, None)
        online = bool(await self._attendance.online([person.id]))
        return Sighting(person.nickname, online, self.last_seen(person))

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
            for stream in await self._audience(teller):
                self._streams.tell(Event(stream, "presence", None, sighting))
        except (Problem, Unavailable):
            _LOG.info("nobody was told that a person has come or gone")

    async def typing(self, person: Person, room: Room) -> None:
        """Tell a room that the person is writing. Raises the room's "no such", NOT_REACHABLE."""
        await self._rooms.enter(person.id, room)
        await self._blocks.demand_speech(person.id, room)
        self._streams.tell(Event(room.stream, "typing", None, Typing(person.nickname)))

    async def is_small(self, room: Room) -> bool:
        """Say whether everyone in the room may hear of each one's coming, going and reading without a storm."""
        return room.kind == CONVERSATION or await self._members.count(room) <= self._small_room

    async def flush(self) -> None:
        """Write down when people were last seen."""
        for person, at in list(self._seen.items()):
            with suppress(Missing, Stale):  # of who is deleted nothing is written any more
                await self._storage.update(PEOPLE.name, person, {"last_seen": at}, where={"deleted": False})
            if self._seen.get(person) == at:
                del self._seen[person]

    async def _audience(self, person: Person) -> set[str]:
        """Return the streams that reach those who may know: in a chat with somebody blocked, each other one's own."""
        blocked = await self._blocks.of(person.id)
        peers = await self._rooms.peers(person.id)
        streams = {room.stream for room, peer in peers if peer not in blocked}
        for room in await self._rooms.chats(person.id):
            if await self.is_small(room):
                inside = await self._members.inside(room) if blocked else set()
                streams |= {user_stream(one) for one in inside - blocked} if inside & blocked else {room.stream}
        return streams
