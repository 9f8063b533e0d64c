"""The Engine.IO server: which requests are let in, and what each of them does to its session.

It replaces engineio's `handle_request`, which answered what it had lost with 200 and logged what clients sent.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import engineio
import orjson
from aiohttp import ClientError, web

from ws import packets
from ws.admission import Admission, Fault, Refused
from ws.engine import RESTART, Socket
from ws.limits import Limits
from ws.mailbox import Mailbox
from ws.neighbours import Neighbours
from ws.outbox import Outbox
from ws.websocket import Switched, WebSocket, accept_key, switch

_SWEEP_SECONDS = 0.5

Address = Callable[[web.Request], str]


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]
    """Engine.IO over aiohttp."""

    sockets: dict[str, Socket]

    def __init__(self, limits: Limits, address: Address, neighbours: Neighbours | None = None, **options: Any) -> None:
        super().__init__(async_mode="aiohttp", monitor_clients=False, **options)
        self.limits = limits
        self.outbox = Outbox()
        self.opened = 0
        self.closed: Counter[str] = Counter()
        self._address = address
        self._neighbours = neighbours
        self._admission = Admission(limits.origins)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._draining = False

    def generate_id(self) -> str:
        """Return the id of a new session, which names this worker if there are several."""
        sid: str = super().generate_id()
        return self._neighbours.sign(sid) if self._neighbours else sid

    def create_queue(self, *args: Any, **kwargs: Any) -> Mailbox:
        """Return what a session keeps its packets in while it polls."""
        return Mailbox()

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Serve under this path, whatever the method: Engine.IO answers a wrong one with 400, not with 405."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)

    async def drain(self) -> None:
        """Tell every client to come back later, let nobody in, and return once all have gone."""
        self._draining = True
        for socket in list(self.sockets.values()):
            socket.reject(RESTART, "service restart")
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # requests

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of a client."""
        try:
            if request.method == "OPTIONS":
                return self._admission.preflight(request)
            return await self._answer(request, self._admission.check(request))
        except Refused as refused:
            return self._admission.refuse(request, refused.fault)

    async def _answer(self, request: web.Request, transport: str) -> web.StreamResponse:
        if "sid" not in request.query:
            return await self._open(request, transport)
        socket = self.sockets.get(request.query["sid"])
        if socket is None:
            return await self._pass_on(request)
        return await self._continue(request, transport, socket)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        worker = self._neighbours.elsewhere(request.query["sid"]) if self._neighbours else None
        if self._neighbours is None or worker is None:
            raise Refused(Fault.UNKNOWN_SESSION)
        return await self._neighbours.pass_on(request, worker)

    async def _continue(self, request: web.Request, transport: str, socket: Socket) -> web.StreamResponse:
        if transport == "websocket":
            return await self._upgrade(request, socket)
        if socket.upgraded:
            raise Refused(Fault.BAD_REQUEST)
        if request.method == "GET":
            return await self._poll(request, socket)
        if request.method == "POST":
            return await self._post(request, socket)
        raise Refused(Fault.BAD_REQUEST)

    # sessions

    async def _open(self, request: web.Request, transport: str) -> web.StreamResponse:
        if request.method != "GET":
            raise Refused(Fault.BAD_METHOD)
        if self._draining or len(self.sockets) >= self.limits.connections:
            raise Refused(Fault.FULL)
        if transport == "polling":
            socket = await self._create(request)
            socket.connected = True
            return self._admission.answer(request, self._greeting(socket, ["websocket"]))
        answer, wire = await self._accept(request)
        socket = await self._create(request)
        socket.adopt(wire)
        socket.write(packets.packet(self._greeting(socket, [])))
        return answer

    async def _create(self, request: web.Request) -> Socket:
        sid: str = self.generate_id()
        socket = self.sockets[sid] = Socket(self, sid)
        self.opened += 1
        # Whatever handlers could see of a request would be kept as long as the session.
        await self._trigger_event("connect", sid, {"REMOTE_ADDR": self._address(request)}, run_async=False)
        if self._sweeper is None:
            self._sweep()
        return socket

    def _greeting(self, socket: Socket, upgrades: list[str]) -> str:
        greeting = {
            "sid": socket.sid,
            "upgrades": upgrades,
            "pingInterval": round(self.limits.ping_interval * 1000),
            "pingTimeout": round(self.limits.ping_timeout * 1000),
            "maxPayload": self.limits.packet_bytes,
        }
        return packets.OPEN + orjson.dumps(greeting).decode()

    def bury(self, socket: Socket, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Remove the session from every table and run the rest of its end."""
        self.sockets.pop(socket.sid, None)
        return self.run(work)

    def run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do the work; `drain` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _sweep(self) -> None:
        """Find sessions whose connection has gone while their handler waits for something else."""
        for socket in list(self.sockets.values()):
            socket.notice_loss()
        loop = asyncio.get_running_loop()
        self._sweeper = loop.call_later(_SWEEP_SECONDS, self._sweep) if self.sockets else None

    # polling

    async def _poll(self, request: web.Request, socket: Socket) -> web.StreamResponse:
        if socket.polling:
            socket.end(self.reason.TRANSPORT_ERROR)
            raise Refused(Fault.BAD_REQUEST)
        return self._admission.answer(request, await socket.poll(request))

    async def _post(self, request: web.Request, socket: Socket) -> web.StreamResponse:
        """Take a whole payload; engineio took what had arrived by then, at most 16 packets, and said OK."""
        if socket.posting:
            socket.end(self.reason.TRANSPORT_ERROR)
            raise Refused(Fault.BAD_REQUEST)
        socket.posting = True
        try:
            body = await self._body(request)
            await socket.handled()
            socket.begin(self.run(self._take(body, socket)))
            if not await socket.handled(even_if_held=False):
                raise Refused(Fault.BAD_REQUEST)
        except Refused:
            socket.end(self.reason.TRANSPORT_ERROR)
            raise
        except (ValueError, ClientError, ConnectionError, TimeoutError):
            socket.end(self.reason.TRANSPORT_ERROR)
            raise Refused(Fault.BAD_REQUEST) from None
        finally:
            socket.posting = False
        return self._admission.answer(request, "ok", content_type="text/html")

    async def _body(self, request: web.Request) -> str:
        """Return the body, chunked or not; one that is too large or too slow is refused."""
        body = bytearray()
        async with asyncio.timeout(self.limits.ping_interval + self.limits.ping_timeout):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > self.limits.packet_bytes:
                    raise Refused(Fault.TOO_LARGE)
        return body.decode()

    async def _take(self, payload: str, socket: Socket) -> bool:
        """Handle what was posted, one after another; say whether it keeps the protocol. The session ends if not."""
        for message in payload.split(packets.SEPARATOR):
            if socket.closed:
                break
            try:
                await socket.receive(message)
            except ValueError:
                socket.end(self.reason.TRANSPORT_ERROR)
                return False
            # A client with much to say lets the others speak in between.
            await asyncio.sleep(0)
        return True

    # WebSocket

    async def _accept(self, request: web.Request) -> tuple[Switched, WebSocket]:
        """Accept a WebSocket, uncompressed: the same ready frame goes to everyone."""
        key = accept_key(request)
        if key is None:
            raise Refused(Fault.BAD_REQUEST)
        return await switch(request, key, self.limits.packet_bytes, self.limits.buffer_bytes)

    async def _upgrade(self, request: web.Request, socket: Socket) -> web.StreamResponse:
        answer, wire = await self._accept(request)
        self.run(self._move(wire, socket))
        return answer

    async def _move(self, wire: WebSocket, socket: Socket) -> None:
        if socket.upgraded or socket.probed or not await self._probe(wire, socket):
            socket.say_farewell(wire)
        else:
            socket.adopt(wire)

    async def _probe(self, wire: WebSocket, socket: Socket) -> bool:
        """Say whether the client has moved over; what it is sent meanwhile waits, so nothing is lost or doubled.

        A session that ends meanwhile is not cut short here: the official client would notice only after its move.
        """
        socket.probed = True
        try:
            async with asyncio.timeout(self.limits.handshake_seconds):
                if await wire.receive() != packets.PING + "probe":
                    return False
                wire.send(packets.packet(packets.PONG + "probe").frame)
                socket.queue.hold()
                return await wire.receive() == packets.UPGRADE and not socket.closed
        except TimeoutError:
            return False
        finally:
            socket.probed = False
            socket.queue.release()
