"""Events as they happen: every change of one's streams once and in order, over any number of connections."""

import asyncio
from collections import Counter
from typing import Any, NamedTuple, Self

from chatsrv.client.errors import Refused, Unreachable
from chatsrv.client.feed import Feed, Turn
from chatsrv.client.position import Position
from chatsrv.client.rest import Rest, pauses
from chatsrv.client.socket import Gone, Socket
from chatsrv.client.things import Event

_STREAMS_AT_ONCE = 10
_MOST_HELD = 200_000
"""More than any server replays of one stream (``limits.resume_changes``, at most 100,000)."""


class _Queued(NamedTuple):
    epoch: str | None
    event: Event


class Events:
    """What happens, live: ``async for event in client.events()``.

    It begins with what happens after it has connected, or after ``position``, whose streams it resumes; as an
    ``async with`` it has connected when the block begins. A break is resumed: what was missed comes first. A
    ``reset`` event says that a stream must be read anew over REST: too much was missed, or the stream was not known
    to the position. Iterating raises Refused when the server lets the client in no more.

    No more than ``most`` events wait to be taken. When more come, the connection is let go and made again once half
    of them are taken: nothing is lost, and nothing piles up.
    """

    def __init__(self, rest: Rest, position: Position | None, most: int) -> None:
        self._rest = rest
        self._known = position is not None
        self._strange = False
        self._taken = dict(position.streams) if position else {}
        self._taken_epoch = self._epoch = position.epoch if position else None
        self._feed = Feed(self._taken)
        self._queue: asyncio.Queue[_Queued | None] = asyncio.Queue(most)
        self._wishes: asyncio.Queue[bool] = asyncio.Queue()
        self._overrun = False
        self._at_once = _STREAMS_AT_ONCE
        self._drained = asyncio.Event()
        self._ready = asyncio.Event()
        self._failure: Exception | None = None
        self._task: asyncio.Task[None] | None = None
        self.connections = 0
        """How often it has connected."""
        self.holes: Counter[str] = Counter()
        """By stream, how often a number was missing in what came live, so that it was resumed."""
        self.repeats: Counter[str] = Counter()
        """By stream, how many events came live though they were had before, so that they were dropped."""

    @property
    def position(self) -> Position:
        """How far one has iterated: to be kept, and given to `Client.events` another time."""
        return Position(self._taken_epoch, dict(self._taken))

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        self._start()
        queued = await self._queue.get()
        if queued is None:
            self._queue.put_nowait(None)
            raise self._failure or StopAsyncIteration
        if self._queue.qsize() <= self._queue.maxsize // 2:
            self._drained.set()
        self._note(queued)
        return queued.event

    async def open(self) -> Self:
        """Return once it has connected; `aclose` it at the end. Raises Refused."""
        self._start()
        await self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    async def aclose(self) -> None:
        """Hear no more; iterating again goes on from here."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._live())

    def _note(self, queued: _Queued) -> None:
        epoch, event = queued
        if epoch != self._taken_epoch:
            self._taken_epoch, self._taken = epoch, {}
        if event.name == "reset":
            self._taken[event.stream] = event.data["head"]
        elif event.seq is not None:
            self._taken[event.stream] = event.seq
        if (left := _left(event)) is not None:
            self._taken.pop(left, None)

    async def _live(self) -> None:
        try:
            await self._stay()
        except Exception as error:  # whoever iterates is told, whatever it is
            self._failure = error
            self._ready.set()
            await self._queue.put(None)

    async def _stay(self) -> None:
        """Connect, again and again. Raises Refused when that is of no use any more."""
        waits, outdated, renewed = pauses(), "", False
        while True:
            token = ""
            try:
                if outdated:
                    await self._rest.refresh(outdated)
                    outdated, renewed = "", True
                token = await self._rest.token()
                await self._connection(token)
                waits, renewed = pauses(), False
            except Refused as refused:
                if self._rest.is_outdated(refused) and token and not renewed:
                    outdated = token
                elif not refused.passing:
                    raise
                else:
                    self._rest.turn()
            except (Gone, Unreachable):
                self._rest.turn()
            if self._overrun and self._queue.qsize() > self._queue.maxsize // 2:
                self._drained.clear()
                await self._drained.wait()
            await asyncio.sleep(next(waits))

    async def _connection(self, token: str) -> None:
        """Connect, catch up, hear until the connection ends. Raises Gone if it ends before one has caught up."""
        self._wishes, self._overrun = asyncio.Queue(), False
        self._feed.begin()
        socket = Socket(self._rest.http, self._hear, lambda: self._wishes.put_nowait(False))
        try:
            await socket.connect(self._rest.address, token)
            await self._begin(socket)
            self.connections += 1
            self._ready.set()
            while await self._wishes.get():
                await self._resume(socket, self._feed.holding())
                if not self._feed.last:
                    raise Gone("the numbers are of another life of the database")
        finally:
            await socket.close()

    async def _begin(self, socket: Socket) -> None:
        """Resume the streams that are known, and learn which others there are; everything else waits meanwhile."""
        self._strange = not any(stream.startswith("user:") for stream in self._feed.last)
        await self._resume(socket, list(self._feed.last))
        if self._strange:
            await self._look(socket)
        self._known = True
        self._feed.go()
        for stream in self._feed.holding():
            self._release(stream, self._feed.last.get(stream))

    async def _resume(self, socket: Socket, streams: list[str]) -> None:
        for start in range(0, len(streams), self._at_once):
            chunk = streams[start : start + self._at_once]
            asked = {stream: self._feed.last[stream] for stream in chunk if stream in self._feed.last}
            if not asked:
                continue
            answer = await self._ask(socket, {"epoch": self._epoch, "streams": asked})
            if self._is_same_life(answer["epoch"]):
                for stream, told in answer["streams"].items():
                    await self._caught(stream, told)

    async def _look(self, socket: Socket) -> None:
        """Ask for all streams; those without a number begin here."""
        answer = await self._ask(socket, {"streams": {}})
        self._is_same_life(answer["epoch"])
        for stream, told in answer["streams"].items():
            if stream in self._feed.last:
                continue
            if self._known:
                await self._reset(stream, told["head"])
            else:
                self._taken[stream], self._taken_epoch = told["head"], self._epoch
            self._release(stream, told["head"])

    def _is_same_life(self, epoch: str) -> bool:
        """Say whether our numbers still mean something; if not, forget them."""
        same = self._epoch in (None, epoch)
        self._epoch = epoch
        if not same:
            self._feed.last.clear()
            self._strange = True
        return same

    async def _caught(self, stream: str, told: dict[str, Any]) -> None:
        if told.get("recovered"):
            for seq, event in self._feed.missed(stream, told["head"]):
                await self._put(event)
                self._went(event, seq)
            self._release(stream, told["head"])
        elif told.get("reset"):
            self._strange |= stream.startswith("user:")
            await self._reset(stream, told["head"])
            self._release(stream, told["head"])
        else:
            self._feed.forget(stream)

    async def _reset(self, stream: str, head: int) -> None:
        await self._put(Event("reset", stream, None, {"head": head}))

    async def _put(self, event: Event) -> None:
        self._ready.set()  # or the one who would make room might wait for that
        await self._queue.put(_Queued(self._epoch, event))

    def _release(self, stream: str, head: int | None) -> None:
        for seq, event in self._feed.release(stream, head):
            self._offer(event, seq)

    async def _ask(self, socket: Socket, payload: Any) -> Any:
        while True:
            try:
                answer = await socket.call("resume", payload)
            except Refused as refused:
                if "TOO_MANY_REQUESTS" not in refused.codes:
                    raise
                await asyncio.sleep(1)
                continue
            if self._overrun:  # then a part of what was replayed was not taken in
                raise Gone("more came than was taken")
            return answer

    def _hear(self, name: str, body: Any) -> None:
        if not isinstance(body, dict) or not {"stream", "data"} <= body.keys():
            return  # something that only a newer client knows
        event = Event(name, body["stream"], body.get("seq"), body["data"])
        if event.seq is not None:
            self._offer(event, event.seq)
        elif not self._queue.full():
            self._queue.put_nowait(_Queued(self._epoch, event))
            if name == "reset":
                self._feed.last[event.stream] = event.data["head"]
        elif name == "reset":
            self._overflow()

    def _offer(self, event: Event, seq: int) -> None:
        if self._overrun:
            return
        if self._feed.held > _MOST_HELD:
            self._at_once = 1
        if self._queue.full() or self._feed.held > _MOST_HELD:
            self._overflow()
            return
        turn = self._feed.take(event, seq)
        if turn is Turn.NEXT:
            self._queue.put_nowait(_Queued(self._epoch, event))
            self._went(event, seq)
        if turn is Turn.HAD:
            self.repeats[event.stream] += 1
        if turn is Turn.HOLE:
            self.holes[event.stream] += 1
            self._wishes.put_nowait(True)

    def _overflow(self) -> None:
        self._overrun = True
        self._wishes.put_nowait(False)

    def _went(self, event: Event, seq: int) -> None:
        self._feed.last[event.stream] = seq
        if event.stream.startswith("user:") and "joined" in event.data:
            room = event.data["stream"]
            if not event.data["joined"]:
                self._feed.forget(room)
            elif room not in self._feed.last:
                self._strange = True


def _left(event: Event) -> str | None:
    """Return the stream that one hears no more after this event."""
    if event.stream.startswith("user:") and event.data.get("joined") is False:
        return str(event.data["stream"])
    return None
