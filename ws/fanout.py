"""The fan-out: one event, encoded once, written to every member here; in order, without a hole or a repeat."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from chatsrv.measures import Pushes
from chatsrv.services import Unavailable
from chatsrv.services.streams import Admit, Event, Expel, Lost, Reached, Replay, Revoke, Signal
from ws.audience import Audience, Connection
from ws.bus import Bus
from ws.complaints import Complaints
from ws.replays import Reader, Replays
from ws.review import Review
from ws.wire import Parcel, channel_of, decode, encode, encode_event

_LOG = logging.getLogger("chatsrv.ws")
SESSION_ENDED = 4001
_AT_ONCE = 16
_AGAIN_SECONDS = 1.0


class Fanout:
    """Knows who is connected here and what they hear."""

    def __init__(self, bus: Bus, *, repair_seconds: float) -> None:
        self.pushes = Pushes()
        self._bus = bus
        self._repair_seconds = repair_seconds
        self._audiences: dict[str, Audience] = {}
        self._people: defaultdict[int, set[Connection]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()
        self._reader: Reader
        self._replays: Replays
        self._review: Review
        self._doubtful = False
        self._comparing: asyncio.Task[None] | None = None
        self._foreign = Complaints(_LOG, "dropped payloads of the bus that say nothing")

    async def open(self, reader: Reader, review: Review) -> None:
        """Start listening; ``reader`` reads what storage knows of a stream."""
        self._reader, self._replays, self._review = reader, Replays(reader), review
        await self._bus.open(self._receive, self.restored)

    async def close(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._bus.close()

    @property
    def hears(self) -> bool:
        """Whether what other processes publish is known to arrive."""
        return self._bus.hears

    def publish(self, signal: Signal) -> None:
        """Send a signal to every process, this one included (design §4)."""
        channel = channel_of(signal)
        if self._bus.wanted(channel):
            began = time.perf_counter()
            self._bus.publish(channel, encode(signal))
            if isinstance(signal, Event):
                self.pushes.published += 1
                # This runs behind the flush of what was just written.
                asyncio.get_running_loop().call_soon(self._pushed, began)

    def _pushed(self, began: float) -> None:
        self.pushes.seconds.add(time.perf_counter() - began)

    def alert(self) -> None:
        """Have every process compare what it has with storage: somebody died, maybe between a commit and its push."""
        self._bus.alert()

    def restored(self) -> None:
        """Compare who hears what, and the head of every stream, with storage; send what was missed."""
        self._doubtful = True
        if self._comparing is None or self._comparing.done():
            self._comparing = self._spawn(self._compare_all())

    @property
    def people(self) -> int:
        """How many people are connected here."""
        return len(self._people)

    @property
    def streams(self) -> int:
        """How many streams are heard here."""
        return len(self._audiences)

    def connections(self, person: int) -> int:
        """How many connections the person has here."""
        return len(self._people.get(person, ()))

    async def add(self, connection: Connection, streams: list[str]) -> None:
        """Let a new connection hear these streams; what they bring waits until `release`."""
        self._people[connection.person].add(connection)
        for stream in streams:
            await self.join(connection, stream, hold=True)

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        if connection.expiry is not None:
            connection.expiry.cancel()
        people = self._people[connection.person]
        people.discard(connection)
        if not people:
            del self._people[connection.person]
        for stream in list(connection.streams):
            self.leave(connection, stream)

    async def join(self, connection: Connection, stream: str, *, hold: bool = False) -> Audience:
        """Let the connection hear the stream; with ``hold`` what arrives waits until `release`.

        Raises what reading the stream's head raises; the connection does not hear it then.
        """
        audience = self._audiences.get(stream)
        if audience is None:
            audience = self._audiences[stream] = Audience(stream, self.pushes)
            audience.opening = self._spawn(self._begin(audience))
        audience.add(connection, hold=hold)
        if audience.is_open:
            return audience
        try:
            await asyncio.shield(audience.opening)
        except Exception:
            self.leave(connection, stream)
            raise
        return audience

    def leave(self, connection: Connection, stream: str) -> None:
        """Let the connection hear the stream no more."""
        audience = self._audiences.get(stream)
        if audience is not None:
            audience.remove(connection)
            if audience.empty:
                del self._audiences[stream]
                self._spawn(self._end(stream))

    def release(self, connection: Connection, streams: list[str]) -> None:
        """Let what was held for the connection go, in order, and what comes later pass at once."""
        for stream in streams:
            audience = self._audiences.get(stream)
            if audience is not None:
                audience.release(connection)

    async def catch_up(self, connection: Connection, stream: str, since: int) -> Replay:
        """Hold the stream, send the connection what it missed after ``since``; the caller releases.

        The caller has the connection's turn. Storage is read once for all who missed the same, and not at all for
        those who missed nothing.
        """
        audience = await self.join(connection, stream, hold=True)
        if since == audience.last and self.hears:
            audience.skip_to(connection, since)
            return Replay(True, since, [])
        return await self._send(connection, audience, since)

    async def _send(self, connection: Connection, audience: Audience, since: int) -> Replay:
        """Send it part by part: a slow client holds one of them, and a long replay does not look like a slow client."""
        stream, room, written = audience.stream, connection.socket.limits.buffer_bytes // 4, 0
        async for part in self._replays.of(stream, since, connection.person, reached=audience.last):
            for event in part.events:
                if stream not in connection.streams:
                    return part  # they were shown out, or went, while storage was read or they themselves were reading
                packet = encode_event(event)
                connection.write(packet)
                self.pushes.replayed += 1
                written += packet.size
                if written > room:
                    await connection.socket.drain()
                    written = 0
        audience.skip_to(connection, part.head)
        return part

    def _receive(self, channel: str, payload: bytes) -> None:
        try:
            said = decode(payload)
        except ValueError:
            self._foreign.add()
            return
        audience = self._audiences.get(channel)
        match said:
            case Parcel(seq, packet):
                if audience is not None and audience.offer(seq, packet):
                    self._mend_soon(audience)
            case Reached(stream, head) if audience is not None and stream == channel:
                if audience.expect(head):
                    self._mend_soon(audience)
            case Admit(person, stream, since):
                for connection in list(self._people.get(person, ())):
                    if stream not in connection.streams:
                        self._spawn(self._admit(connection, stream, since))
            case Expel(person, stream):
                for connection in list(self._people.get(person, ())):
                    self.leave(connection, stream)
            case Revoke(person, session):
                for connection in list(self._people.get(person, ())):
                    if session in (None, connection.session):
                        connection.close(SESSION_ENDED, "session ended")

    def _mend_soon(self, audience: Audience) -> None:
        if not audience.repairing:
            audience.repairing = True
            self._spawn(self._repair(audience))

    async def _begin(self, audience: Audience) -> None:
        """Subscribe first and read the head second: what falls between waits in the audience."""
        await self._bus.subscribe(audience.stream)
        audience.begin(await self._reader.head(audience.stream))

    async def _end(self, stream: str) -> None:
        if stream not in self._audiences:
            await self._bus.unsubscribe(stream)

    async def _repair(self, audience: Audience) -> None:
        """Wait a moment for a number that is late; what is lost for good is read from storage."""
        try:
            await asyncio.sleep(self._repair_seconds)
            await self._fill(audience)
        except Unavailable:
            self.restored()
        finally:
            audience.repairing = False

    async def _fill(self, audience: Audience) -> None:
        """Let the stream go on after what storage has; each client is sent what it missed at its own pace."""
        while audience.has_hole and not audience.empty:
            doubted = audience.doubt()
            behind = audience.owe(await self._reader.head(audience.stream))
            audience.dismiss(doubted)
            self._spawn(_each(partial(self._mend, audience), behind))

    async def _compare_all(self) -> None:
        while self._doubtful:
            self._doubtful = False
            try:
                await _each(self._look_again, [one for here in self._people.values() for one in here])
                await _each(self._compare, list(self._audiences.values()))
            except* Unavailable:
                self._doubtful = True
            if self._doubtful:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _look_again(self, connection: Connection) -> None:
        streams = await self._review.hears(connection.person, connection.session)
        if streams is None:
            connection.close(SESSION_ENDED, "session ended")
            return
        for stream in connection.streams.keys() - set(streams):
            if not await self._review.may_hear(connection.person, stream):
                self.leave(connection, stream)
        for stream in set(streams) - connection.streams.keys():
            await self._admit(connection, stream, 0)

    async def _compare(self, audience: Audience) -> None:
        await asyncio.shield(audience.opening)
        audience.expect(await self._reader.head(audience.stream))
        if audience.has_hole and not audience.repairing:
            audience.repairing = True
            try:
                await self._fill(audience)
            finally:
                audience.repairing = False

    async def _mend(self, audience: Audience, connection: Connection) -> None:
        """Send the connection what it is owed."""
        async with connection.turn:
            while audience.is_owed(connection) and audience.stream in connection.streams:
                try:
                    self.pushes.repaired += 1
                    await self._send_or_reset(connection, audience, audience.reached(connection))
                except Unavailable:
                    await asyncio.sleep(_AGAIN_SECONDS)
            audience.settle(connection)

    async def _send_or_reset(self, connection: Connection, audience: Audience, since: int) -> None:
        replay = await self._send(connection, audience, since)
        if not replay.recovered:
            self.pushes.reset += 1
            connection.write(encode_event(Event(audience.stream, "reset", None, Lost(replay.head))))

    async def _admit(self, connection: Connection, stream: str, since: int) -> None:
        """Look first: on its way from another process the word may have been overtaken by its contrary."""
        async with connection.turn:
            audience = await self.join(connection, stream, hold=True)
            if not await self._review.may_hear(connection.person, stream):
                self.leave(connection, stream)
            elif stream in connection.streams:
                await self._send_or_reset(connection, audience, since)
                audience.release(connection)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a task of the fan-out failed", exc_info=task.exception())


async def _each(work: Callable[[Any], Coroutine[Any, Any, None]], items: list[Any]) -> None:
    """Do the work for every item, a bounded number of them at once."""
    rest = iter(items)

    async def go_on() -> None:
        for item in rest:
            await work(item)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_AT_ONCE):
            tasks.create_task(go_on())
