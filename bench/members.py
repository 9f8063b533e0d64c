"""A thousand receivers in one process: Socket.IO over raw WebSockets, which count what they get and read no JSON."""

import asyncio
import base64
import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import cast


class Member(asyncio.Protocol):
    """One client: shakes hands, joins, then counts the events that arrive."""

    path = "/socket.io/?EIO=4&transport=websocket"

    def __init__(self, room: "Room") -> None:
        self._room = room
        self._buffer = b""
        self._open = False
        self.events = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head, head
            self._open, self._buffer = True, rest
            self._opened()
        while (payload := self._frame()) is not None:
            self._take(payload)

    def _opened(self) -> None:
        """Say something first, where the server does not."""

    def _frame(self) -> bytes | None:
        """Take the next whole frame out of the buffer and return what it carries."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 127, 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return buffer[start : start + size]

    def _take(self, payload: bytes) -> None:
        if payload.startswith(self._room.counts):
            self.events += 1
            self._room.got(self)
        elif payload.startswith(b"40"):
            self._room.joined()
        elif payload.startswith(b"0"):
            self._send(b"40" + self._room.auth)
        elif payload == b"2":
            self._send(b"3")

    def _send(self, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        # A mask of zeros is a mask.
        self._transport.write(b"\x81" + length + b"\0\0\0\0" + payload)

    def leave(self) -> None:
        """Hang up."""
        self._transport.abort()


class Room:
    """All members of a run; when each event was sent may be noted, then how long it took to each member is."""

    def __init__(
        self, size: int, token: str, counts: bytes = b"42", *, member: "Callable[[Room], Member]" = Member
    ) -> None:
        self.counts = counts
        self._member = member
        self.sent: list[float] = []
        self.seconds: list[float] = []
        self.auth = json.dumps({"token": token}).encode()
        self.size = size
        self._joined = 0
        self._got = 0
        self._wanted = 0
        self._members: list[Member] = []
        self._news = asyncio.Event()

    async def fill(self, port: int) -> None:
        """Connect everyone."""
        loop = asyncio.get_running_loop()
        for start in range(0, self.size, 50):
            places = range(start, min(start + 50, self.size))
            batch = [loop.create_connection(partial(self.receiver, place), "127.0.0.1", port) for place in places]
            self._members += [protocol for _, protocol in await asyncio.gather(*batch)]
            await self._until(lambda last=places.stop: self._joined >= last)

    def receiver(self, place: int) -> Member:
        """Make the receiver that takes this place."""
        return self._member(self)

    async def everyone_gets(self, events: int) -> None:
        """Return once each member has got this many more events. Raises TimeoutError: then the run is void."""
        self._wanted += events * self.size
        await self._until(lambda: self._got >= self._wanted)

    def forget(self) -> None:
        """Count from here: what came while people joined is not part of a run."""
        self._got = self._wanted = 0
        self.sent, self.seconds = [], []
        for member in self._members:
            member.events = 0

    def check(self, events: int) -> None:
        """Raise AssertionError unless each member got exactly this many: then the run is void."""
        assert all(member.events == events for member in self._members)

    def empty(self) -> None:
        """Let everyone leave."""
        for member in self._members:
            member.leave()

    def joined(self) -> None:
        """Note that a member is in."""
        self._joined += 1
        self._news.set()

    def got(self, member: Member) -> None:
        """Note that a member got an event."""
        self._got += 1
        if member.events <= len(self.sent):
            self.seconds.append(time.perf_counter() - self.sent[member.events - 1])
        if self._got >= self._wanted:
            self._news.set()

    async def _until(self, reached, patience: float = 30) -> None:  # type: ignore[no-untyped-def]
        async with asyncio.timeout(patience):
            while not reached():
                self._news.clear()
                await self._news.wait()
