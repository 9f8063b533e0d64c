"""The Socket.IO server: python-socketio's own, with what is measured wrong in it mended at its seams."""

import asyncio
import logging
from collections import OrderedDict
from typing import Any

import socketio
from aiohttp import web
from socketio import packet as socketio_packet
from socketio.exceptions import ConnectionRefusedError as Refused

from ws.engine import PROTOCOL_ERROR, Socket
from ws.engine_server import Address, EngineServer
from ws.limits import Limits
from ws.members import Members
from ws.neighbours import Neighbours
from ws.strict import StrictPacket

__all__ = ["Limits", "SocketServer"]

_LOG = logging.getLogger("chatsrv.ws")
_NO_HANDSHAKE = 4408
_TURNS = 4
_REMEMBERED = 100


def remote_address(request: web.Request) -> str:
    """Return the address at the other end of the connection: right where no proxy stands between."""
    return request.remote or ""


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    """A Socket.IO server for clients that may be broken or hostile."""

    eio: EngineServer

    def __init__(self, limits: Limits, address: Address = remote_address, neighbours: Neighbours | None = None) -> None:
        # Below this level the libraries write what clients send, with its newlines, into the log.
        logger = logging.getLogger("chatsrv.ws.socketio")
        logger.setLevel(logging.ERROR)
        super().__init__(
            client_manager=Members(),
            serializer=StrictPacket,
            logger=logger,
            engineio_logger=logger,
            # One client's events are handled in the order that it sent them.
            async_handlers=False,
            limits=limits,
            address=address,
            neighbours=neighbours,
        )
        self._limits = limits
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._asked: dict[str, OrderedDict[tuple[str | None, int], None]] = {}

    def socket(self, sid: str) -> Socket | None:
        """Return the session of this Socket.IO id, None when it has gone."""
        return self.eio.sockets.get(self.manager.eio_sid_from_sid(sid, "/"))

    async def drain(self) -> None:
        """Close every client with "come back" (1012) and return once all have gone."""
        await self.eio.drain()
        await self.shutdown()

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        """Give a new session a while to join a namespace; the stock server waits for ever."""
        await super()._handle_eio_connect(eio_sid, environ)
        self._wait_until(asyncio.get_running_loop().time() + self._limits.handshake_seconds, eio_sid)

    def _wait_until(self, time: float, eio_sid: str) -> None:
        """Close who has not asked for a namespace by then, and after so many more turns of the loop.

        When all come at once the packet may have arrived and not have had its turn to be read.
        """
        loop, socket = asyncio.get_running_loop(), self.eio.sockets[eio_sid]

        def expire(turns: int) -> None:
            if turns:
                self._deadlines[eio_sid] = loop.call_later(0, expire, turns - 1)
            else:
                socket.reject(_NO_HANDSHAKE, "no handshake")

        self._deadlines[eio_sid] = loop.call_at(time, expire, _TURNS)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        """Forget everything of the session; the stock server keeps half a binary event of one that never joined."""
        self._keep_waiting_no_more(eio_sid)
        self._binary_packet.pop(eio_sid, None)
        self._asked.pop(eio_sid, None)
        await super()._handle_eio_disconnect(eio_sid, reason)

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        """Close whoever sends what is no packet, as Node does; the stock server goes on in whatever state it is in."""
        try:
            self._check_sequence(eio_sid, data)
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, RecursionError):
            socket = self.eio.sockets.get(eio_sid)
            if socket is not None:
                socket.reject(PROTOCOL_ERROR, "bad packet")

    def _check_sequence(self, eio_sid: str, data: str | bytes) -> None:
        """Bytes come after a packet that announced them and nowhere else; together they are bounded like one packet."""
        pending = self._binary_packet.get(eio_sid)
        if isinstance(data, str):
            if pending is not None or not data:
                raise ValueError("not the attachment that was announced")
        elif pending is None:
            raise ValueError("an attachment that was not announced")
        elif sum(map(len, pending.attachments)) + len(data) > self._limits.packet_bytes:
            raise ValueError("too much attached")

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        """Let a client into a namespace once; no ghost stays when it has gone meanwhile."""
        namespace = namespace or "/"
        if self.manager.sid_from_eio_sid(eio_sid, namespace) is not None:
            raise ValueError("a second connect")
        if namespace not in self.handlers and namespace not in self.namespaces:
            await self._refuse_namespace(eio_sid, namespace)
            return
        deadline = self._keep_waiting_no_more(eio_sid)
        await super()._handle_connect(eio_sid, namespace, data)
        if deadline is not None and self._is_outside(eio_sid, namespace):
            self._wait_until(deadline, eio_sid)
        if eio_sid not in self.eio.sockets:
            await self._handle_disconnect(eio_sid, namespace, self.reason.TRANSPORT_CLOSE)

    async def _refuse_namespace(self, eio_sid: str, namespace: str) -> None:
        """Say it in the shape that clients expect: an object with a message."""
        refusal = {"message": "Invalid namespace"}
        await self._send_packet(
            eio_sid, self.packet_class(socketio_packet.CONNECT_ERROR, data=refusal, namespace=namespace)
        )

    def _keep_waiting_no_more(self, eio_sid: str) -> float | None:
        """Return until when it would have been waited for."""
        deadline = self._deadlines.pop(eio_sid, None)
        if deadline is None:
            return None
        deadline.cancel()
        return deadline.when()

    def _is_outside(self, eio_sid: str, namespace: str) -> bool:
        """Whether the client is connected, and not let in."""
        return eio_sid in self.eio.sockets and self.manager.sid_from_eio_sid(eio_sid, namespace) is None

    def _is_repeated(self, eio_sid: str, id: tuple[str | None, int]) -> bool:
        """Whether the event came before: a client numbers what it wants answered, and a proxy may repeat a request."""
        asked = self._asked.setdefault(eio_sid, OrderedDict())
        if id in asked:
            return True
        asked[id] = None
        if len(asked) > _REMEMBERED:
            asked.popitem(last=False)
        return False

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: list[Any]) -> None:
        """Handle an event of a client that has joined; whoever has not is closed, as in Node."""
        if self.manager.sid_from_eio_sid(eio_sid, namespace or "/") is None:
            raise ValueError("an event before connect")
        if id is not None and self._is_repeated(eio_sid, (namespace, id)):
            return
        await super()._handle_event(eio_sid, namespace, id, [str(data[0]), *data[1:]])

    async def _handle_ack(self, eio_sid: str, namespace: str | None, id: int, data: list[Any]) -> None:
        """Take an acknowledgement; number 0 is where the manager keeps its counter."""
        if id > 0:
            await super()._handle_ack(eio_sid, namespace, id, data)

    async def _trigger_event(self, event: str, namespace: str, *args: Any) -> Any:
        """Call the application; when it fails the client is refused or goes unanswered, and nothing else happens."""
        try:
            return await super()._trigger_event(event, namespace, *args)
        except (Refused, ConnectionRefusedError):
            raise
        except Exception:
            _LOG.exception("a handler failed: %r", event[:64])
            return False if event == "connect" else self.not_handled
