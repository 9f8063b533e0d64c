"""A network between client and server that is as bad as a test wants it."""

import asyncio
import random
import re
from asyncio import StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_CHUNK = 65536
_WHOLE_TEXT = 0x81
_BODY = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass
class Weather:
    """How bad it is: chances are per chunk of bytes that passes, or of a whole request for ``repeats``."""

    delay_seconds: float = 0.0
    """At most so long each chunk is on its way; connections overtake each other by that, so polls and posts do."""
    cuts: float = 0.0
    """A chunk arrives in part, and both ends see their connection reset."""
    splits: float = 0.0
    """A chunk arrives in pieces of few bytes."""
    repeats: float = 0.0
    """A POST arrives twice, the second time over a connection of its own; nobody hears that one's answer. On a
    WebSocket an event or an answer arrives twice in a row, either way."""


class Proxy:
    """Takes connections for one server, and passes on what they say as the weather allows."""

    def __init__(self, target: str) -> None:
        self.weather = Weather()
        self.cut = self.repeated = self.told_twice = self.asked_twice = 0
        self.url = ""
        self._since: Counter[str] = Counter()
        self._target = urlsplit(target)
        self._server: asyncio.Server | None = None
        self._pairs: dict[tuple[StreamWriter, StreamWriter], asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def close(self) -> None:
        """Cut everything."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_all(self) -> None:
        """Reset all connections there are."""
        for both in list(self._pairs):
            self._reset(both)

    def swallow(self) -> None:
        """From now on nothing passes over the connections there are, and nobody is told; new ones are well."""
        for open_ in self._pairs.values():
            open_.clear()

    async def _meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            there, back = await self._dial()
        except OSError:
            writer.transport.abort()
            return
        both = (writer, back)
        self._pairs[both] = asyncio.Event()
        self._pairs[both].set()
        ways = [self._spawn(self._pass(reader, back, both)), self._spawn(self._pass(there, writer, both))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._pairs[both]
            for way in ways:
                way.cancel()
            for one in both:
                one.close()

    async def _pass(self, reader: StreamReader, writer: StreamWriter, both: tuple[StreamWriter, StreamWriter]) -> None:
        passing = self._pairs[both]
        with suppress(ConnectionError):
            while chunk := await reader.read(_CHUNK):
                await passing.wait()
                weather = self.weather
                await asyncio.sleep(random.random() * weather.delay_seconds)
                if self._comes("cut", weather.cuts):
                    writer.write(chunk[: random.randrange(len(chunk))])
                    await asyncio.sleep(0)
                    self._reset(both)
                    return
                asks = writer is both[1]
                if asks and _is_whole_post(chunk) and self._comes("post", weather.repeats):
                    self._spawn(self._repeat(chunk))
                if _is_packet(chunk) and self._comes("ask" if asks else "tell", weather.repeats):
                    self.asked_twice += asks
                    self.told_twice += not asks
                    chunk += chunk
                await self._deliver(writer, chunk)

    def _comes(self, what: str, chance: float) -> bool:
        """By chance, but no later than after as many as it takes on average: bad weather must happen."""
        self._since[what] += 1
        comes = random.random() < chance or self._since[what] * chance >= 1
        self._since[what] *= not comes
        return comes

    async def _deliver(self, writer: StreamWriter, chunk: bytes) -> None:
        if random.random() < self.weather.splits:
            for place in range(0, min(len(chunk), 40), 7):
                writer.write(chunk[place : min(place + 7, 40)])
                await writer.drain()
                await asyncio.sleep(0.001)
            chunk = chunk[40:]
        writer.write(chunk)
        await writer.drain()

    async def _repeat(self, request: bytes) -> None:
        self.repeated += 1
        with suppress(OSError):
            reader, writer = await self._dial()
            await asyncio.sleep(random.random() * self.weather.delay_seconds)
            writer.write(request)
            await reader.read(_CHUNK)
            writer.close()

    async def _dial(self) -> tuple[StreamReader, StreamWriter]:
        return await asyncio.open_connection(self._target.hostname, self._target.port)

    def _reset(self, both: tuple[StreamWriter, StreamWriter]) -> None:
        self.cut += 1
        for one in both:
            one.transport.abort()

    def _spawn(self, work: object) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


@asynccontextmanager
async def proxies(targets: list[str]) -> AsyncIterator[list[Proxy]]:
    """Stand before each of these servers."""
    opened = [Proxy(target) for target in targets]
    for one in opened:
        await one.open()
    try:
        yield opened
    finally:
        for one in opened:
            await one.close()


def _is_whole_post(chunk: bytes) -> bool:
    head, _, body = chunk.partition(b"\r\n\r\n")
    length = _BODY.search(head + b"\r\n")
    return chunk.startswith(b"POST ") and length is not None and int(length[1]) == len(body)


def _is_packet(chunk: bytes) -> bool:
    """Whether it is one whole frame of a WebSocket (RFC 6455, 5.2), and in it an event or an answer of Socket.IO."""
    if len(chunk) < 8 or chunk[0] != _WHOLE_TEXT:
        return False
    head, masked, length = 2, chunk[1] >> 7, chunk[1] & 127
    if length >= 126:
        more = 2 if length == 126 else 8
        length, head = int.from_bytes(chunk[head : head + more]), head + more
    mask = chunk[head : head + 4] if masked else bytes(2)
    head += 4 * masked
    kind = bytes(one ^ other for one, other in zip(chunk[head : head + 2], mask, strict=False))
    return head + length == len(chunk) and kind in (b"42", b"43")
