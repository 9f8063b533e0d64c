"""One client's Engine.IO session: what waits for it, whether it lives, and how it ends.

It replaces engineio's queue, writer task and timers: frames go straight to the transport, once per tick of the loop.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextvars import copy_context
from typing import Any, Protocol

from aiohttp import web
from engineio import packet as engineio_packet
from engineio.async_socket import AsyncSocket
from engineio.base_server import BaseServer

from ws import packets
from ws.flow import Flow
from ws.limits import Limits
from ws.mailbox import Mailbox
from ws.outbox import Outbox
from ws.packets import Packet
from ws.websocket import NORMAL, WebSocket

PROTOCOL_ERROR, RESTART, TOO_SLOW, TOO_FAST = 1002, 1012, 4008, 4429

_REASON = BaseServer.reason
_PING = packets.packet(packets.PING)


class Home(Protocol):
    """What a session needs of the server that it lives in."""

    limits: Limits
    outbox: Outbox
    closed: Counter[str]

    def bury(self, socket: "Socket", work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Remove the session from every table and run the rest of its end."""

    def run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do the work; the server's end waits for it."""

    async def _trigger_event(self, event: str, *arguments: Any) -> Any: ...


class Socket(AsyncSocket):  # type: ignore[misc]
    """One client. Everything that it gets takes `write`, so its order is one for events, acknowledgements and pings."""

    server: Home
    queue: Mailbox

    def __init__(self, server: Home, sid: str) -> None:
        super().__init__(server, sid)
        self.limits = server.limits
        self._outbox = server.outbox
        self._loop = asyncio.get_running_loop()
        self.flow = Flow(self.limits.packets_per_second, self.limits.packets_burst)
        self._wire: WebSocket | None = None
        self._context = copy_context()
        self._listening = self._handling = self._heard = False
        self._taking: asyncio.Task[bool] | None = None
        self.closed = False
        self.posting = False
        self.probed = False
        self.farewell = (NORMAL, b"")
        self.schedule_ping()

    # what the client gets

    def write(self, packet: Packet) -> None:
        """Send the packet: soon, in order, and to nobody if the client has gone. Never waits, never raises."""
        wire = self._wire
        if wire is None:
            self._enqueue(packet)
            return
        self._outbox.add(wire, packet.frame)

    async def send(self, pkt: engineio_packet.Packet) -> None:
        """Send a packet of engineio's own making."""
        self.write(packets.attachment(bytes(pkt.data)) if pkt.binary else packets.packet(pkt.encode()))

    def _enqueue(self, packet: Packet) -> None:
        if self.closed:
            return
        self.queue.put(packet)
        if self.queue.size > self.limits.buffer_bytes:
            self.queue.empty()
            self.reject(TOO_SLOW, "slow")

    @property
    def buffered(self) -> int:
        """Bytes that wait for this client."""
        return self.queue.size if self._wire is None else self._wire.unread

    async def drain(self) -> None:
        """Return once the client has read most of what it was sent, or has gone: for whoever writes much at once.

        A client that takes longer for that than for a ping is closed as one that does not read.
        """
        try:
            async with asyncio.timeout(self.limits.ping_timeout):
                if self._wire is None:
                    await self.queue.emptied()
                else:
                    await self._wire.drained()
        except TimeoutError:
            self.reject(TOO_SLOW, "slow")

    # transports

    async def poll(self, request: web.Request) -> str:
        """Return the next payload: everything that waits, or the first that comes."""
        return await self.queue.take(request)

    @property
    def polling(self) -> bool:
        """Whether a GET hangs at this moment."""
        return self.queue.poll is not None

    def adopt(self, wire: WebSocket) -> None:
        """Write to this WebSocket from now on, first what has waited; and listen to it."""
        if self.closed:
            self.say_farewell(wire)
            return
        self._wire = wire
        self.connected = self.upgraded = True
        self.queue.hold()
        for packet in self.queue.empty():
            self.write(packet)
        wire.listen(self._hear)

    # what the client sends

    def _hear(self) -> None:
        """Handle what the client says, unless that is being done; while it is silent there is no task."""
        wire = self._wire
        if wire is None:
            return
        if wire.strained and wire.unread > self.limits.buffer_bytes:
            self.reject(TOO_SLOW, "slow")
        elif wire.news and not self._listening:
            self._listening = True
            self._context.run(self.server.run, self._listen(wire))

    async def _listen(self, wire: WebSocket) -> None:
        """Take what there is, one after another: while we handle one, TCP holds the next ones back."""
        await self.handled()
        while not self.closed and (message := wire.take()) is not None:
            try:
                await self.receive(message)
            except ValueError:
                self.end(_REASON.TRANSPORT_ERROR, PROTOCOL_ERROR, "bad packet")
            await asyncio.sleep(0)
        self._listening = False
        if wire.over:
            self.end(_REASON.TRANSPORT_CLOSE)

    async def receive(self, message: str | bytes) -> None:
        """Take one message of the client. Raises ValueError if it breaks the protocol."""
        if self.flow.flooded(self._loop.time()):
            self.reject(TOO_FAST, "flood")
            return
        kind, data = packets.receive(message)
        if kind == packets.MESSAGE:
            self._handling = True
            try:
                await self.server._trigger_event("message", self.sid, data)
            finally:
                self._handling, self._heard = False, True
        elif kind == packets.PONG:
            self._timer.cancel()
            self.schedule_ping()
        elif kind == packets.CLOSE:
            self.end(_REASON.CLIENT_DISCONNECT, last_word=packets.NOOP)
        elif kind == packets.PING:
            raise ValueError("a ping from a client")

    def begin(self, taking: "asyncio.Task[bool]") -> None:
        """Note that what the client posted is being handled."""
        self._taking = taking

    async def handled(self, *, even_if_held: bool = True) -> bool:
        """Wait until what the client posted last has been handled; say whether it keeps the protocol.

        Without ``even_if_held`` an upgrade ends the wait: it begins when posts are answered, and a handler may be
        waiting for a client that has to upgrade before it reads.
        """
        if self._taking is None:
            return True
        waits: set[asyncio.Future[Any]] = {self._taking}
        if not even_if_held:
            waits.add(asyncio.ensure_future(self.queue.held()))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits - {self._taking}:
            wait.cancel()
        return not self._taking.done() or self._taking.result()

    # life

    def schedule_ping(self) -> None:
        """Ping in a while; on the loop's own clock, so that setting the machine's forward cuts nobody."""
        self._timer = self._loop.call_later(self.limits.ping_interval, self._ping)

    def _ping(self) -> None:
        self._heard = False
        self.write(_PING)
        self._timer = self._loop.call_at(self._timer.when() + self.limits.ping_timeout, self._expire)

    def _expire(self) -> None:
        """Close a client that is silent; one that speaks may have its answer waiting behind our own slow handler."""
        if self._handling or self._heard:
            self._heard = False
            self._timer = self._loop.call_later(self.limits.ping_timeout, self._expire)
        else:
            self.end(_REASON.PING_TIMEOUT)

    def notice_loss(self) -> None:
        """End the session if its connection has gone; aiohttp tells no handler that waits for something else."""
        if self._wire is not None:
            lost = self._wire.transport.is_closing()
        else:
            poll = self.queue.poll
            lost = poll is not None and (poll.transport is None or poll.transport.is_closing())
        if lost:
            self.end(_REASON.TRANSPORT_CLOSE)

    # the end

    def reject(self, code: int, reason: str) -> None:
        """Close at once with this WebSocket close code; a polling session ends, its hanging GET is answered."""
        self.end(_REASON.SERVER_DISCONNECT, code, reason)

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Close as engineio and socketio ask for it."""
        self.end(reason or _REASON.SERVER_DISCONNECT)

    def end(self, reason: str, code: int = NORMAL, text: str = "", *, last_word: str = packets.CLOSE) -> None:
        """End the session, once: it is in no table any more when this returns; 'disconnect' follows exactly once."""
        if self.closed:
            return
        self.closed = self.closing = True
        self.server.closed[text or reason] += 1
        self._timer.cancel()
        self.farewell = (code, text.encode())
        self.queue.close(last_word)
        wire, self._wire = self._wire, None
        if wire is not None:
            self.say_farewell(wire)
        self.server.bury(self, self._end(reason, wire))

    def say_farewell(self, wire: WebSocket) -> None:
        """Close the WebSocket, saying why if the session has ended."""
        wire.close(*self.farewell)

    async def _end(self, reason: str, wire: WebSocket | None) -> None:
        await self.server._trigger_event("disconnect", self.sid, reason)
        if wire is not None:
            await wire.gone()
