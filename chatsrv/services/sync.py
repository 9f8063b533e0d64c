"""Catching up: what a client missed of its streams, for ``resume`` over Socket.IO and ``/sync`` over REST."""

from typing import NamedTuple

from chatsrv.errors import Problem
from chatsrv.services.people import Person
from chatsrv.services.rooms import Rooms
from chatsrv.services.streams import Replay, Streams


class Caught(NamedTuple):
    """What became of one stream: a replay, or the problem why there is none."""

    replay: Replay | None
    problem: Problem | None = None


class Sync:
    """Answers what changed since the numbers that a client names."""

    def __init__(self, streams: Streams, rooms: Rooms) -> None:
        self._streams = streams
        self._rooms = rooms

    @property
    def epoch(self) -> str:
        """The epoch that the numbers belong to."""
        return self._streams.epoch

    async def catch_up(self, person: Person, stream: str, since: int, epoch: str | None) -> Caught:
        """Return the replay of one stream; numbers of another epoch are never recovered."""
        try:
            await self._rooms.hear(person, stream)
        except Problem as problem:
            return Caught(None, problem)
        if epoch is not None and epoch != self.epoch:
            return Caught(Replay(False, await self._streams.head(stream), []))
        return Caught(await self._streams.replay(stream, since, person.id))

    async def heads(self, person: Person) -> dict[str, int]:
        """Return the latest number of every stream that the person hears."""
        return {stream: await self._streams.head(stream) for stream in await self._rooms.audible(person)}
