"""Small servers on our own Socket.IO, without the application above it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.ws.raw import Echo, Talk, limits, start
from ws.engine_server import EngineServer
from ws.protocol import SocketServer, remote_address

ServeEcho = Callable[..., Awaitable[Echo]]
ServeTalk = Callable[..., Awaitable[Talk]]


@pytest.fixture
async def serve_echo() -> AsyncIterator[ServeEcho]:
    """Start Engine.IO servers that echo: ``await serve_echo(ping_interval=0.3)``."""
    started: list[tuple[Echo, web.AppRunner]] = []

    async def serve(**changed: Any) -> Echo:
        app = web.Application()
        eio = EngineServer(limits(**changed), remote_address)
        eio.attach(app)
        runner, url = await start(app)
        started.append((Echo(url, eio), runner))
        return started[-1][0]

    yield serve
    for echo, runner in started:
        await echo.http.close()
        await echo.eio.drain()
        await runner.cleanup()


@pytest.fixture
async def serve_talk() -> AsyncIterator[ServeTalk]:
    """Start Socket.IO servers: ``await serve_talk(packet_bytes=1000)``."""
    started: list[tuple[Talk, web.AppRunner]] = []

    async def serve(**changed: Any) -> Talk:
        app = web.Application()
        server = SocketServer(limits(**changed))
        server.attach(app)
        runner, url = await start(app)
        started.append((Talk(url, server), runner))
        return started[-1][0]

    yield serve
    for talk, runner in started:
        talk.gate.set()
        await talk.http.close()
        await talk.server.drain()
        await runner.cleanup()


@pytest.fixture
async def echo(serve_echo: ServeEcho) -> Echo:
    """An Engine.IO server that echoes, under generous limits."""
    return await serve_echo()


@pytest.fixture
async def talk(serve_talk: ServeTalk) -> Talk:
    """A Socket.IO server under generous limits."""
    return await serve_talk()
