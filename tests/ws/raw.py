"""Clients that speak Engine.IO by hand, and the small servers that they speak to."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import web

from handlers.connections import Runner
from ws.engine_server import EngineServer
from ws.protocol import Limits, SocketServer

PATIENCE = 5.0
SEPARATOR = "\x1e"


def limits(**changed: Any) -> Limits:
    """Return bounds under which nothing happens by itself during a test, apart from what it changes."""
    values: dict[str, Any] = {
        "packet_bytes": 100_000,
        "buffer_bytes": 262_144,
        "handshake_seconds": 30,
        "ping_interval": 25,
        "ping_timeout": 20,
        "connections": 100,
        "packets_per_second": 100_000,
        "packets_burst": 100_000,
    }
    return Limits(**(values | changed))


async def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something holds that nobody announces."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Polls:
    """A session that polls."""

    def __init__(self, http: aiohttp.ClientSession, path: str) -> None:
        self._http = http
        self._path = path
        self.query = {"EIO": "4", "transport": "polling"}
        self.sid = ""

    async def open(self) -> dict[str, Any]:
        """Shake hands; return the greeting."""
        status, text = await self.get()
        assert (status, text[0]) == (200, "0"), text
        greeting: dict[str, Any] = json.loads(text[1:])
        self.sid = self.query["sid"] = greeting["sid"]
        return greeting

    async def ask(self, method: str, **options: Any) -> tuple[int, str]:
        """Send a request of any kind for this session."""
        async with asyncio.timeout(PATIENCE):
            answer = await self._http.request(method, self._path, params=self.query, **options)
            return answer.status, await answer.text()

    async def get(self) -> tuple[int, str]:
        """Poll once."""
        return await self.ask("GET")

    async def post(self, body: Any) -> tuple[int, str]:
        """Send a payload."""
        return await self.ask("POST", data=body)

    async def packets(self, number: int) -> list[str]:
        """Poll until so many packets have come."""
        found: list[str] = []
        while len(found) < number:
            status, text = await self.get()
            assert status == 200, text
            found += text.split(SEPARATOR)
        return found


class Wire:
    """A WebSocket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    @property
    def transport(self) -> Any:
        """The connection under it, to be treated badly."""
        return self.ws._conn.transport  # type: ignore[union-attr]

    async def send(self, *messages: str | bytes) -> None:
        """Send messages as they are."""
        for message in messages:
            await (self.ws.send_str(message) if isinstance(message, str) else self.ws.send_bytes(message))

    async def next(self) -> Any:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            message = await self.ws.receive()
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        return message.data

    async def closed(self) -> int | None:
        """Wait until the server closes, whatever comes before that; return the close code."""
        async with asyncio.timeout(PATIENCE):
            async for _ in self.ws:
                pass
        return self.ws.close_code


class Served:
    """A running server, and clients of it."""

    def __init__(self, url: str, path: str, eio: EngineServer) -> None:
        self.url = url
        self.path = path
        self.eio = eio
        self.http = aiohttp.ClientSession(url)
        self.gone: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def lost(self) -> tuple[str, str]:
        """Wait for the next 'disconnect': who, and why."""
        async with asyncio.timeout(PATIENCE):
            return await self.gone.get()

    async def lose(self, sid: str, reason: str) -> None:
        """Take note of a 'disconnect'."""
        self.gone.put_nowait((sid, reason))

    async def polls(self) -> Polls:
        """Open a session that polls."""
        client = Polls(self.http, self.path)
        await client.open()
        return client

    async def knock(self, method: str = "GET", headers: dict[str, str] | None = None, **query: str) -> tuple[int, str]:
        """Send a request that need not make sense."""
        async with asyncio.timeout(PATIENCE):
            async with self.http.request(method, self.path, params=query, headers=headers) as answer:
                return answer.status, await answer.text()

    async def connect(self, **query: str) -> Wire:
        """Open a WebSocket."""
        query = {"EIO": "4", "transport": "websocket"} | query
        return Wire(await self.http.ws_connect(self.path, params=query, max_msg_size=0))

    async def wire(self) -> Wire:
        """Open a session over a WebSocket."""
        wire = await self.connect()
        assert (await wire.next()).startswith("0")
        return wire

    async def hanging(self, client: Polls) -> None:
        """Wait until a poll of the client hangs."""
        await until(lambda: self.eio.sockets[client.sid].polling)

    async def forgotten(self) -> None:
        """Wait until no session is in any table; it must take less than a second."""
        await until(lambda: not self.eio.sockets, seconds=1)


class Echo(Served):
    """An Engine.IO server that says what it hears."""

    def __init__(self, url: str, eio: EngineServer) -> None:
        super().__init__(url, "/engine.io/", eio)
        eio.on("message", eio.send)
        eio.on("disconnect", self.lose)


class Talk(Served):
    """A Socket.IO server with the events that the tests need, and a record of what happened."""

    def __init__(self, url: str, server: SocketServer) -> None:
        super().__init__(url, "/socket.io/", server.eio)
        self.server = server
        self.joined: list[str] = []
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.environ: dict[str, Any] = {}
        self.gate = asyncio.Event()
        self.waiting = asyncio.Event()
        for namespace in ("/", "/custom"):
            server.on("connect", self._join, namespace=namespace)
            server.on("disconnect", self.lose, namespace=namespace)
            server.on("*", self._hear, namespace=namespace)

    async def enter(self, auth: str = "") -> Wire:
        """Open a session over a WebSocket and join the main namespace."""
        wire = await self.wire()
        await wire.send("40" + auth)
        assert (await wire.next()).startswith("40{")
        return wire

    async def _join(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        self.environ = environ
        if auth == {"wait": True}:
            self.waiting.set()
            await self.gate.wait()
        if auth == {"crash": True}:
            raise LookupError("on purpose")
        if auth == {"refuse": True}:
            raise ConnectionRefusedError
        self.joined.append(sid)

    async def _hear(self, name: str, sid: str, *data: Any) -> Any:
        self.heard.append((name, data))
        if name == "crash":
            raise LookupError("on purpose")
        if name == "wait":
            self.waiting.set()
            await self.gate.wait()
        return data


def nothing_left(talk: Talk) -> bool:
    """Say whether no table of any layer holds anything of any client."""
    server = talk.server
    tables = (server.eio.sockets, server.environ, server.manager.rooms, server._binary_packet, server._deadlines)
    pending = (server.manager.pending_connect, server.manager.pending_disconnect, server.manager.callbacks)
    return not any(tables + pending)


async def start(app: web.Application) -> tuple[web.AppRunner, str]:
    """Serve on a free port of loopback."""
    runner = Runner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"
