"""A receiver of webhooks: a real HTTP server on loopback, which keeps what it gets and answers as a test says."""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from tests.clients import PATIENCE

CERTIFICATE = Path(__file__).parent / "certificates" / "loopback.pem"
"""Of 127.0.0.1, with its key, signed by itself; nobody trusts it but who is told to."""


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


class Received(NamedTuple):
    """One request: its headers, its raw body."""

    path: str
    headers: Any
    raw: bytes

    @property
    def id(self) -> str:
        """The delivery's id."""
        return str(self.headers["webhook-id"])

    @property
    def body(self) -> Any:
        """What it says."""
        return json.loads(self.raw)

    def is_signed_by(self, secret: str) -> bool:
        """Compute the signature as a receiver does, by the words of the specification alone."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join([self.id.encode(), self.headers["webhook-timestamp"].encode(), self.raw])
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return expected in self.headers["webhook-signature"].split(" ")


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """Listens on a free port of loopback."""

    def __init__(self, *, tls: bool = False) -> None:
        self._tls = _tls() if tls else None
        self.requests: list[Received] = []
        self.statuses: list[int] = []
        self.otherwise = 200
        self.answer: Answer | None = None
        self._news = asyncio.Condition()
        self._taken = 0
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Begin to listen."""
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be unreachable."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, host: str = "127.0.0.1", path: str = "/hook") -> str:
        """Return its address, by this name for its host."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    async def next(self) -> Received:
        """Wait for the next request, in the order of their coming."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self.requests) > self._taken)
            self._taken += 1
            return self.requests[self._taken - 1]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        received = Received(request.path, request.headers, await request.read())
        async with self._news:
            self.requests.append(received)
            self._news.notify_all()
        if self.answer is not None:
            return await self.answer(request)
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.otherwise)
