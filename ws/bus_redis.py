"""The bus of many processes: our own listener on Redis' publish and subscribe, which proves that it hears."""

import asyncio
import logging
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress

from redis.asyncio.connection import parse_url

from chatsrv.measures import Times
from ws.bus import Bus, Pace, Receive, Restored, Traffic
from ws.complaints import Complaints
from ws.redis_link import Link, Pipe, chunks, keep

_LOG = logging.getLogger("chatsrv.redis")
_LARGEST = 1_048_576
_CHANNELS_AT_ONCE = 1000
_LOST = b"lost"
_FAREWELL_SECONDS = 1.0


class RedisBus(Bus):
    """Two connections, one that listens and one that publishes; when either fails, both are made anew.

    What this process publishes its own members get at once, not by way of Redis: that adds no delay, needs no second
    way while Redis is away, and nothing comes twice, because each payload names the process that sent it and a process
    skips its own. Order does not suffer: numbered events are put in order by their numbers, others need none.

    A beat is published every ``beat_seconds`` and must be heard: after ``deaf_seconds`` without one, Redis being
    stopped, frozen or merely forgetful of us, the bus is deaf. What could not be sent is dropped and counted, and every
    process is told, as soon as that is possible, to compare what it has with storage.
    """

    def __init__(self, url: str, pace: Pace) -> None:
        self._url = url
        self._pace = pace
        self._me = secrets.token_hex(8).encode()
        # Redis' channels know no database, so two servers that share one Redis are kept apart by the name.
        self._prefix = f"chatsrv:{parse_url(url).get('db', 0)}:"
        self._own, self._everyone = f"beat:{self._me.decode()}", "everyone"
        self._wanted = {self._own, self._everyone}
        self._confirmed: set[str] = set()
        self._changed: set[str] = set()
        self._news, self._settled, self._answered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._unanswered = 0
        self._pipe = Pipe(pace.queue, pace.queue_bytes)
        self._linked = self._hears = self._missed = self._lossy = False
        self._tried = asyncio.Event()
        self._receive: Receive | None = None
        self._restored: Restored
        self._life: asyncio.Task[None] | None = None
        self.published = self.dropped = self.received = self.reconnects = 0
        self._beaten: float | None = None
        self._beats = Times()
        self._foreign = Complaints(_LOG, "dropped payloads on Redis that are not ours")

    async def open(self, receive: Receive, restored: Restored) -> None:
        self._receive, self._restored = receive, restored
        self._life = asyncio.create_task(keep(self._live, self._fell))
        await self._tried.wait()

    async def close(self) -> None:
        if self._life is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await self._pipe.drain()
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self._life = self._receive = None

    @property
    def hears(self) -> bool:
        return self._hears

    @property
    def foreign(self) -> int:
        """How many payloads were dropped that no process of ours can have sent."""
        return self._foreign.count

    @property
    def traffic(self) -> Traffic:
        counts = (self.published, self.received, self.dropped, self.foreign, self.reconnects)
        return Traffic(*counts, self._pipe.waiting, self._pipe.waiting_bytes, self._beats)

    def wanted(self, channel: str) -> bool:
        return True

    def publish(self, channel: str, payload: bytes) -> None:
        if self._receive is not None and channel in self._wanted:
            self._receive(channel, payload)
        self._send(channel, payload)

    def alert(self) -> None:
        if self._receive is not None:
            self._send(self._everyone, _LOST)
            self._restored()

    async def subscribe(self, channel: str) -> None:
        self._want(channel, True)
        while self._linked and channel in self._wanted and channel not in self._confirmed:
            await self._settled.wait()

    async def unsubscribe(self, channel: str) -> None:
        self._want(channel, False)

    def _want(self, channel: str, wanted: bool) -> None:
        (self._wanted.add if wanted else self._wanted.discard)(channel)
        self._changed.add(channel)
        self._news.set()

    def _send(self, channel: str, payload: bytes) -> None:
        if (
            self._linked
            and len(payload) <= _LARGEST
            and self._pipe.put("PUBLISH", self._prefix + channel, self._me + b" " + payload, size=len(payload))
        ):
            self.published += 1
        else:
            self.dropped += 1
            self._lossy = True

    async def _live(self) -> None:
        listener, sender = (Link(self._url, self._pace.deaf_seconds) for _ in range(2))
        try:
            await listener.open()
            await sender.open()
            self._linked = True
            self._changed = set(self._wanted)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(listener))
                tasks.create_task(self._pipe.run(sender))
                await self._settle(listener)
                tasks.create_task(self._beat())
                while True:
                    await self._news.wait()
                    await self._settle(listener)
        finally:
            await listener.close()
            await sender.close()

    def _fell(self) -> None:
        self._linked = self._hears = False
        self._missed = True
        dropped = self._pipe.drop()
        self.dropped += dropped
        self._lossy = self._lossy or dropped > 0
        self._confirmed.clear()
        self._beaten = None
        self._wake()
        self._tried.set()

    async def _beat(self) -> None:
        while True:
            if self._lossy:
                self._lossy = False
                self._send(self._everyone, _LOST)
            # A full queue is not deafness: the beat waits behind it, and proves that it moves.
            self._pipe.urge("PUBLISH", self._prefix + self._own, self._me)
            self._beaten = self._beaten or time.perf_counter()
            await asyncio.sleep(self._pace.beat_seconds)

    async def _settle(self, listener: Link) -> None:
        """Have Redis know which channels are wanted; what is asked meanwhile shares the next round trip."""
        self._news.clear()
        changed, self._changed = self._changed, set()
        new = (changed & self._wanted) - self._confirmed
        old = (changed - self._wanted) & self._confirmed
        self._confirmed -= old
        await self._ask(listener, "UNSUBSCRIBE", old)
        await self._ask(listener, "SUBSCRIBE", new)
        self._confirmed |= new
        self._wake()

    async def _ask(self, listener: Link, command: str, channels: Iterable[str]) -> None:
        for names in chunks((self._prefix + channel for channel in channels), _CHANNELS_AT_ONCE):
            self._unanswered = len(names)
            self._answered.clear()
            await listener.send([(command, *names)])
            async with asyncio.timeout(listener.limit):
                await self._answered.wait()

    def _wake(self) -> None:
        """Let those who wait for a confirmation look again."""
        self._settled.set()
        self._settled = asyncio.Event()

    async def _listen(self, listener: Link) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._pace.deaf_seconds) as deadline:
            while True:
                match await listener.next():
                    case [b"message", bytes(name), bytes(payload)]:
                        if self._take(name.decode().removeprefix(self._prefix), payload):
                            deadline.reschedule(loop.time() + self._pace.deaf_seconds)
                    case [b"subscribe" | b"unsubscribe", _, _]:
                        self._unanswered -= 1
                        if self._unanswered == 0:
                            self._answered.set()

    def _take(self, channel: str, payload: bytes) -> bool:
        """Hand on what arrived; say whether it was this process' own beat."""
        sender, space, rest = payload.partition(b" ")
        if channel == self._own and payload == self._me:
            self._alive()
            return True
        if sender == self._me:
            return False
        if channel == self._own or not space or len(sender) != len(self._me) or len(rest) > _LARGEST:
            self._foreign.add()
        elif channel != self._everyone:
            self._hand_over(channel, rest)
        elif rest == _LOST:
            self._restored()
        else:
            self._foreign.add()
        return False

    def _hand_over(self, channel: str, payload: bytes) -> None:
        if self._receive is not None and channel in self._wanted:
            self.received += 1
            self._receive(channel, payload)

    def _alive(self) -> None:
        if self._beaten is not None:
            self._beats.add(time.perf_counter() - self._beaten)
            self._beaten = None
        if self._hears:
            return
        self._hears = True
        self._tried.set()
        if self._missed:
            self._missed = False
            self.reconnects += 1
            _LOG.info("Redis is heard again")
            self._restored()
