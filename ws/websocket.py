"""A WebSocket after its handshake: the connection is ours alone then, and aiohttp holds nothing of it any more.

An open connection that says nothing costs no task, no request and no parser, only this.
"""

import asyncio
import base64
import binascii
import hashlib
import struct
from collections.abc import Callable
from typing import cast

from aiohttp import web

from ws.frames import CLOSE, PING, PONG, Breach, Frames, frame

NORMAL = 1000
CLOSING_SECONDS = 1.0

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSIONS = ("13", "8", "7")
_READ_AHEAD, _OVERHEAD = 131_072, 128
_STRAINED = 65_536


class WebSocket(asyncio.Protocol):
    """One connection. What the client says waits until it is taken, bounded: then TCP holds the rest back."""

    __slots__ = (
        "_breached",
        "_cutting",
        "_frames",
        "_inbox",
        "_lost",
        "_paused",
        "_tell",
        "_waiters",
        "_waiting",
        "closing",
        "pending",
        "send",
        "strained",
        "transport",
    )

    def __init__(self, transport: asyncio.Transport, message_bytes: int, buffer_bytes: int) -> None:
        self.transport = transport
        self.send: Callable[[bytes], None] = transport.write
        """Sends a whole frame at once."""
        self.pending: bytes | list[bytes] | None = None
        """What the next flush sends in one write: mostly one frame, for which a list would cost too much."""
        self.strained = False
        """Whether much has been sent and not read."""
        self.closing = False
        self._frames = Frames(message_bytes)
        self._inbox: list[str | bytes | int] = []
        self._waiting = 0
        self._paused = self._breached = self._lost = False
        self._tell: Callable[[], None] | None = None
        self._waiters: list[asyncio.Future[None]] | None = None
        self._cutting: asyncio.TimerHandle | None = None
        transport.set_write_buffer_limits(min(_STRAINED, buffer_bytes))

    # what the client says

    def listen(self, tell: Callable[[], None]) -> None:
        """Call this whenever there is something to take, too much is unread, or the connection is over."""
        self._tell = tell
        if self.news:
            tell()

    @property
    def news(self) -> bool:
        """Whether there is something to take, or never will be any more."""
        return bool(self._inbox) or self.over

    def take(self) -> str | bytes | None:
        """Return the next message, None if there is none yet or will never be: see ``over``."""
        if not self._inbox:
            return None
        message = self._inbox.pop(0)
        if isinstance(message, int):
            self.close(message)
            return None
        self._waiting -= len(message) + _OVERHEAD
        if self._paused and not self._lost and self._waiting <= _READ_AHEAD // 2:
            self._paused = False
            self.transport.resume_reading()
        return message

    async def receive(self) -> str | bytes | None:
        """Return the next message when it comes, None when the connection is over."""
        news = asyncio.Event()
        self.listen(news.set)
        while (message := self.take()) is None and not self.over:
            await news.wait()
            news.clear()
        self._tell = None
        return message

    @property
    def over(self) -> bool:
        """Whether nothing will be heard of the client any more, once everything is taken."""
        return self.closing or self._lost

    def data_received(self, data: bytes) -> None:
        if self._breached:
            return
        try:
            for kind, content in self._frames.read(data):
                self._hear(kind, content)
                if self._breached:
                    break
        except Breach as breach:
            self._hear_no_more(breach.code)
        if self._waiting > _READ_AHEAD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        if self._inbox and self._tell is not None:
            self._tell()

    def _hear(self, kind: int, content: str | bytes) -> None:
        if kind == CLOSE:
            self._hear_no_more(NORMAL)
        elif self.closing:
            pass
        elif kind == PING:
            if not self.strained:
                self.send(frame(PONG, cast(bytes, content)))
        elif kind != PONG:
            self._inbox.append(content)
            self._waiting += len(content) + _OVERHEAD

    def _hear_no_more(self, code: int) -> None:
        """Close with this code once what came before has been taken."""
        self._breached = True
        if self.closing:
            self.transport.close()
        else:
            self._inbox.append(code)

    # what the client reads

    def flush(self) -> None:
        """Send what is pending; whoever listens is told when much was unread before."""
        pending, self.pending = self.pending, None
        if pending is not None:
            self.send(_joined(pending))
            self.complain()

    def complain(self) -> None:
        """Tell whoever listens if much is unread."""
        if self.strained and self._tell is not None:
            self._tell()

    @property
    def unread(self) -> int:
        """Bytes that wait for the client to read them."""
        return len(_joined(self.pending or b"")) + self.transport.get_write_buffer_size()

    async def drained(self) -> None:
        """Return once not much waits any more, or the connection has gone."""
        self.flush()
        while self.strained and not self._lost:
            await self._change()

    def pause_writing(self) -> None:
        self.strained = True

    def resume_writing(self) -> None:
        self.strained = False
        self._changed()

    # the end

    def close(self, code: int, reason: bytes = b"") -> None:
        """Say goodbye; who does not answer, or does not read what it was sent, is cut off after a while."""
        if self.over:
            return
        self._tell = None
        self.closing = True
        self.flush()
        self._inbox.clear()
        self.send(frame(CLOSE, struct.pack("!H", code) + reason))
        if self._breached:
            self.transport.close()
        elif self._paused:
            self.transport.resume_reading()
        self._cutting = asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._cut)

    async def gone(self) -> None:
        """Return once there is no connection any more."""
        while not self._lost:
            await self._change()

    def _cut(self) -> None:
        if self.unread:
            self.transport.abort()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._lost = True
        self.send = _drop
        if self._cutting is not None:
            self._cutting.cancel()
        self._changed()
        if self._tell is not None:
            self._tell()

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters = [*(self._waiters or ()), waiter]
        await waiter

    def _changed(self) -> None:
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)


def _drop(frame: bytes) -> None:
    """Take what is sent to one who has gone; uvloop's transport would raise, and the flush is everybody's."""


def _joined(frames: bytes | list[bytes]) -> bytes:
    return frames if isinstance(frames, bytes) else b"".join(frames)


class Switched(web.StreamResponse):
    """The answer to a handshake; nothing of HTTP follows it."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Write nothing: the connection is not aiohttp's any more."""


def accept_key(request: web.Request) -> str | None:
    """Return what answers the handshake of a client, None if it is none (RFC 6455, section 4.2.1)."""
    headers = request.headers
    if request.method != "GET" or headers.get("Upgrade", "").lower().strip() != "websocket":
        return None
    if "upgrade" not in headers.get("Connection", "").lower():
        return None
    if headers.get("Sec-WebSocket-Version", "") not in _VERSIONS:
        return None
    key = headers.get("Sec-WebSocket-Key", "")
    try:
        if len(base64.b64decode(key)) != 16:
            return None
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()


async def switch(request: web.Request, key: str, message_bytes: int, buffer_bytes: int) -> tuple[Switched, WebSocket]:
    """Answer the handshake and take the connection over. Raises ConnectionResetError if it has gone meanwhile."""
    answer = Switched(
        status=101, headers={"Upgrade": "websocket", "Connection": "upgrade", "Sec-WebSocket-Accept": key}
    )
    await answer.prepare(request)
    protocol, transport = request.protocol, request.transport
    if transport is None:
        raise ConnectionResetError("gone during the handshake")
    early, protocol._message_tail = protocol._message_tail, b""
    # To aiohttp the connection is lost now, and not for it to close.
    protocol.transport = None
    protocol.connection_lost(None)
    socket = WebSocket(transport, message_bytes, buffer_bytes)
    transport.set_protocol(socket)
    if protocol._buffer_paused:
        transport.resume_reading()
    if early:
        socket.data_received(early)
    return answer, socket
