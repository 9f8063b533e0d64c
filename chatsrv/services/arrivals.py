"""Arrivals: who is just coming into a chat, so that all that follows is done though a process dies in the midst."""

from contextlib import suppress
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.services.rooms import Room
from storage.base import Collection, Duplicate, Storage

ARRIVALS = Collection("arrivals", indexes=(("since",),))
"""One record for each arrival, from before the first thing that is stored of it until the last."""

_UNFINISHED_MILLISECONDS = 10_000
_BATCH = 100


class Arrival(NamedTuple):
    """A person comes into a chat; ``inviter`` is 0 for who founds it or comes by their own wish."""

    room: Room
    person: int
    inviter: int

    @property
    def id(self) -> str:
        """What its record is found by."""
        return f"{self.room.stream}:{self.person}"


class Arrivals:
    """Keeps the records."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def begin(self, arrival: Arrival) -> None:
        """Note an arrival, unless it is noted already."""
        record = {"id": arrival.id, "stream": arrival.room.stream, "person": arrival.person, "inviter": arrival.inviter}
        with suppress(Duplicate):
            await self._storage.insert(ARRIVALS.name, record | {"since": self._clock()})

    async def end(self, arrival: Arrival) -> None:
        """Forget an arrival of which all is done."""
        await self._storage.delete(ARRIVALS.name, arrival.id)

    async def unfinished(self) -> list[Arrival]:
        """Return arrivals that began so long ago that whoever was at it is no more."""
        until = self._clock() - _UNFINISHED_MILLISECONDS
        found = await self._storage.find(ARRIVALS.name, {}, order="since", descending=False, limit=_BATCH)
        return [
            Arrival(Room.parse(record["stream"]), record["person"], record["inviter"])
            for record in found
            if record["since"] <= until
        ]
