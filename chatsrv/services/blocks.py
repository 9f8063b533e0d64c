"""Blocks: whom a person wants to hear nothing from."""

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.attendance import Attendance, Sighting
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.rooms import CONVERSATION, Room, Rooms, user_stream
from chatsrv.services.streams import Event, Streams
from storage.base import Collection, Duplicate, Storage

BLOCKS = Collection("blocks", indexes=(("owner", "added"), ("owner",), ("person",), ("pair",)))
"""``pair`` is the same for both directions, so that one look says whether either of two blocks the other."""

_MOST = 10_000
_BATCH = 500


class Blocks:
    """Each person's own list; being on it is told to nobody. Every question reads storage: a block works at once."""

    def __init__(
        self, storage: Storage, streams: Streams, people: People, rooms: Rooms, attendance: Attendance, clock: Clock
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._attendance = attendance
        self._clock = clock

    async def add(self, person: Person, name: str) -> None:
        """Block somebody; once is enough. From now on they see the person as absent.

        Raises Problem NO_SUCH_USER, USER_DELETED, NOT_YOURSELF, TOO_MANY_BLOCKED.
        """
        other = await self._people.by_name(name)
        if other.id == person.id:
            raise Problem(Code.NOT_YOURSELF)
        if await self._storage.count(BLOCKS.name, {"owner": person.id}) >= _MOST:
            raise Problem(Code.TOO_MANY_BLOCKED)
        now = self._clock()
        record = {"id": _id(person.id, other.id), "owner": person.id, "person": other.id, "added": now}
        try:
            await self._storage.insert(BLOCKS.name, record | {"pair": _pair(person.id, other.id)})
        except Duplicate:
            return
        if await self._attendance.online([person.id]):
            absent = Sighting(person.nickname, False, now)
            self._streams.tell(Event(user_stream(other.id), "presence", None, absent))

    async def remove(self, person: Person, name: str) -> None:
        """Block somebody no longer, whether or not one did. Raises Problem NO_SUCH_USER, USER_DELETED."""
        other = await self._people.by_name(name)
        await self._storage.delete(BLOCKS.name, _id(person.id, other.id))

    async def page(self, person: Person, number: int) -> Page[Card]:
        """Return a page of those whom the person blocks, latest first."""
        skip, where = PAGE * (number - 1), {"owner": person.id}
        records = await self._storage.find(BLOCKS.name, where, order="added", skip=skip, limit=PAGE + 1)
        cards = await self._people.cards(record["person"] for record in records[:PAGE])
        return Page([cards[record["person"]] for record in records[:PAGE]], len(records) > PAGE)

    async def stand(self, owner: int, person: int) -> bool:
        """Say whether the owner blocks the person."""
        pair = await self._storage.find(BLOCKS.name, {"pair": _pair(owner, person)}, limit=2)
        return any(record["owner"] == owner for record in pair)

    async def demand_speech(self, person: int, room: Room) -> None:
        """Return if the person may say something in a room that they are in. Raises Problem NOT_REACHABLE."""
        if await self.silence(person, room):
            raise Problem(Code.NOT_REACHABLE)

    async def silence(self, person: int, room: Room) -> bool:
        """Say whether it is a conversation in which either of the two blocks the other. A chat is never silent."""
        return room.kind == CONVERSATION and await self.between(*await self._rooms.pair(person, room.id))

    async def between(self, one: int, other: int) -> bool:
        """Say whether either of the two blocks the other."""
        return bool(await self._storage.find(BLOCKS.name, {"pair": _pair(one, other)}, limit=1))

    async def of(self, owner: int) -> set[int]:
        """Return everybody whom the owner blocks."""
        records = await self._storage.find(BLOCKS.name, {"owner": owner}, limit=_MOST)
        return {record["person"] for record in records}

    async def against(self, person: int) -> set[int]:
        """Return everybody who blocks the person, as far as there are fewer than ten thousand."""
        records = await self._storage.find(BLOCKS.name, {"person": person}, limit=_MOST)
        return {record["owner"] for record in records}

    async def forget(self, person: Person) -> None:
        """Drop every block of and against somebody who goes."""
        for field in ("owner", "person"):
            while records := await self._storage.find(BLOCKS.name, {field: person.id}, limit=_BATCH):
                for record in records:
                    await self._storage.delete(BLOCKS.name, record["id"])


def _id(owner: int, person: int) -> str:
    return f"{owner}:{person}"


def _pair(one: int, other: int) -> str:
    return f"{min(one, other)}:{max(one, other)}"
