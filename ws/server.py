"""Socket.IO: who may connect, and what happens when a connection comes and goes."""

import asyncio
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused

from chatsrv.allowances import Allowances
from chatsrv.clock import Clock
from chatsrv.errors import Channel, Code, Problem
from chatsrv.services import Services, Unavailable
from chatsrv.services.sessions import Asker
from ws.audience import Connection
from ws.events import Events
from ws.fanout import Fanout
from ws.protocol import SocketServer

TOKEN_EXPIRED = 4002


class Doorkeeper:
    """Lets connections in and out, and hands their events on."""

    def __init__(
        self,
        server: SocketServer,
        services: Services,
        fanout: Fanout,
        events: Events,
        clock: Clock,
        rates: Allowances,
        *,
        connections_per_person: int,
    ) -> None:
        self._server = server
        self._services = services
        self._fanout = fanout
        self._events = events
        self._clock = clock
        self._rates = rates
        self._most = connections_per_person
        self._connections: dict[str, Connection] = {}
        server.on("connect", self.connect)
        server.on("disconnect", self.disconnect)
        server.on("*", self.hear)

    async def connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let in whoever brings a valid token in ``auth``; refuse the others with the form shape as ``data``."""
        try:
            await self._admit(sid, auth)
        except Problem as problem:
            raise _refused(await self._rates.refused(problem, environ["REMOTE_ADDR"])) from None
        except Unavailable:
            raise _refused(Problem(Code.UNAVAILABLE)) from None

    async def disconnect(self, sid: str, reason: str) -> None:
        """Forget the connection."""
        connection = self._connections.pop(sid, None)
        if connection is not None:
            self._fanout.remove(connection)
            await self._services.presence.depart(connection.person)

    async def hear(self, name: str, sid: str, *data: Any) -> Any:
        """Answer a client's event."""
        connection = self._connections.get(sid)
        if connection is None:
            return Problem(Code.NO_TOKEN).body(Channel.WEBSOCKET)
        return await self._events.handle(connection, name, data[0] if data else {})

    async def _admit(self, sid: str, auth: Any) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise Problem(Code.NO_TOKEN)
        asker = await self._services.sessions.of(token)
        asker.demand("live")
        if self._fanout.connections(asker.person.id) >= self._most:
            raise Problem(Code.TOO_MANY_CONNECTIONS)
        socket = self._server.socket(sid)
        if socket is None:
            raise Problem(Code.BAD_REQUEST)
        connection = Connection(socket, asker.person.id, asker.session)
        try:
            await self._join(connection, asker, token)
        except Exception:
            self._fanout.remove(connection)
            raise
        self._connections[sid] = connection

    async def _join(self, connection: Connection, asker: Asker, token: str) -> None:
        streams = await self._services.rooms.audible(asker.person)
        await self._fanout.add(connection, streams)
        # From here on an end of the session closes the connection; what ended before is seen now.
        await self._services.sessions.of(token, fresh=True)
        left = self._services.sessions.expires(token) - self._clock() / 1000
        # Counted last: nothing after it fails, so whoever is counted is also let out again.
        await self._services.presence.arrive(asker.person.id)
        loop = asyncio.get_running_loop()
        # This runs once the CONNECT packet has been written: what is live comes after it.
        loop.call_soon(self._fanout.release, connection, streams)
        connection.expiry = loop.call_later(left, connection.close, TOKEN_EXPIRED, "token expired")


def _refused(problem: Problem) -> Refused:
    return Refused(str(problem), problem.body(Channel.WEBSOCKET))
