"""The clients that tests drive a real server with: a person over REST, a browser over Socket.IO."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import socketio
from aiohttp import web

from chatsrv.services import Services
from handlers.asking import EDGE

PATIENCE = 30.0
PASSWORD = "Secret-word-1"


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    app: web.Application
    runner: web.AppRunner

    @property
    def services(self) -> Services:
        """Its services."""
        return self.app[EDGE].services


class Reply:
    """An answer: its status, its JSON, its headers."""

    def __init__(self, status: int, body: Any, headers: Any) -> None:
        self.status = status
        self.body = body
        self.headers = headers

    @property
    def codes(self) -> set[str]:
        """The names of the codes that an error answer carries, "field:NAME" for those of a field."""
        from chatsrv.errors import Code

        names = {code.number: code.name for code in Code}
        whole = {names[atom["c"] & 0x3FFF] for atom in self.body["global"]}
        fields = self.body["fields"].items()
        return whole | {f"{field}:{names[atom['c'] & 0x3FFF]}" for field, atoms in fields for atom in atoms}


class Person:
    """An account and its REST client."""

    def __init__(self, server: Server, nickname: str) -> None:
        self.server = server
        self.nickname = nickname
        self.email = f"{nickname}@example.org"
        self.id = 0
        self.token = ""
        self.refresh_token = ""
        self.http = aiohttp.ClientSession(server.url)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.close()

    async def register(self) -> None:
        """Make the account and keep its tokens."""
        body = {"nickname": self.nickname, "email": self.email, "password": PASSWORD}
        self._keep(await self.post("/user/register", body))

    async def login(self) -> None:
        """Open another session and use that."""
        self._keep(await self.post("/user/login", {"email": self.email, "password": PASSWORD}))

    def _keep(self, reply: Reply) -> None:
        assert reply.status == 200, reply.body
        self.id, self.token, self.refresh_token = (reply.body[key] for key in ("id", "token", "refresh_token"))

    async def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Reply:
        """Send any request."""
        sent = ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | (headers or {})
        async with self.http.request(method, path, headers=sent, **options) as response:
            raw = await response.read()
            body = await response.json() if response.content_type == "application/json" else raw
            return Reply(response.status, body, response.headers)

    async def get(self, path: str) -> Reply:
        """Read."""
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        """Write."""
        return await self.ask("POST", path, json={} if body is None else body, **options)

    async def ok(self, path: str, body: Any = None, **options: Any) -> Any:
        """Write, expect success, return the body."""
        reply = await self.post(path, body, **options)
        assert reply.status == 200, reply.body
        return reply.body

    async def read(self, path: str) -> Any:
        """Read, expect success, return the body."""
        reply = await self.get(path)
        assert reply.status == 200, reply.body
        return reply.body

    async def chat(self, *users: "Person", name: str = "Writers") -> int:
        """Found a chat with these people; return its id."""
        body = await self.ok("/chats", {"name": name, "users": [user.nickname for user in users]})
        return int(body["id"])

    async def say(self, chat: int, text: str, **more: Any) -> Any:
        """Send a message to a chat; return it."""
        return await self.ok(f"/chats/{chat}/messages", {"text": text, **more})


class Browser:
    """A Socket.IO client that keeps what it receives, in order, until the test asks for it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.sio = socketio.AsyncClient(reconnection=False)
        self.received: list[tuple[str, Any]] = []
        self._news = asyncio.Condition()
        self.sio.on("*", self._keep)
        self.gone = asyncio.Event()
        self.sio.on("disconnect", self._lost)

    async def connect(self, transports: tuple[str, ...] = ("websocket",)) -> None:
        """Connect with the person's token."""
        await self.sio.connect(
            self.person.server.url, auth={"token": self.person.token}, transports=list(transports), wait_timeout=5
        )

    async def close(self) -> None:
        """Disconnect."""
        await self.sio.disconnect()

    async def call(self, event: str, payload: Any = None) -> Any:
        """Send an event and return its acknowledgement."""
        return await self.sio.call(event, payload, timeout=PATIENCE)

    async def next(self, name: str, stream: str | None = None) -> Any:
        """Wait for the next event of this name (and stream), take it out, return what it carries."""
        async with asyncio.timeout(PATIENCE), self._news:
            while True:
                for place, (event, body) in enumerate(self.received):
                    if event == name and stream in (None, body["stream"]):
                        del self.received[place]
                        return body
                await self._news.wait()

    async def _keep(self, event: str, body: Any) -> None:
        async with self._news:
            self.received.append((event, body))
            self._news.notify_all()

    async def _lost(self, *reason: Any) -> None:
        self.gone.set()
