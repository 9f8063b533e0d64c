"""Where a server takes the events of a room, and how one becomes a member: chatsrv, Centrifugo, and the scripts."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from bench import centrifugo
from bench.members import Member, Room
from bench.processes import ROOT, Server
from bench.subscribers import Subscriber
from chatsrv.client import Client

TEXT = "All happy families are alike; each unhappy family is unhappy in its own way."


@dataclass(frozen=True)
class Stage:
    """A path that takes an event, what is said there, and with which token; ``member`` makes a client."""

    path: str
    body: Any
    token: str
    member: Callable[[Room], Member] = Member

    def room(self, size: int) -> Room:
        """Return an empty room for so many members."""
        return Room(size, self.token, member=self.member)

    def event(self, http: aiohttp.ClientSession) -> Callable[[], Awaitable[None]]:
        """Return what makes an event."""
        headers = {"Authorization": f"Bearer {self.token}"}

        async def event() -> None:
            async with http.post(self.path, json=self.body, headers=headers) as response:
                assert response.status == 200, await response.text()

        return event


async def prepare(server: Server, http: aiohttp.ClientSession, name: str = "lyova", chats: int = 1) -> Stage:
    """Return the stage of a server; on chatsrv it is made by this person, who is in so many chats."""
    if server.name == centrifugo.NAME:
        event = json.loads((ROOT / "bench" / "peers" / "event.json").read_text())["event"]
        token = centrifugo.token("1", ["room"])
        body = {"channel": "room", "data": {"event": "message.new"} | event}
        return Stage(centrifugo.PUBLISH, body, token, partial(Subscriber, token=token))
    if server.name != "chatsrv":
        return Stage("/emit", {}, "")
    token, path = await register(http, name), ""
    for number in range(chats):
        body = {"name": f"Room {number}"}
        async with http.post("/chats", json=body, headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == 200, await response.text()
            path = f"/chats/{(await response.json())['id']}/messages"
    return Stage(path, {"text": TEXT}, token)


async def found(port: int) -> tuple[str, int, int]:
    """Make an account and a chat on chatsrv; return the token, the chat, the person."""
    async with Client(f"http://127.0.0.1:{port}") as client:
        person = await client.register("lyova", "Secret-word-1", "lev@example.org")
        chat = await client.chats.create("Room")
        return await client.rest.token(), chat.id, person.id


async def register(http: aiohttp.ClientSession, name: str = "lyova") -> str:
    """Make an account on chatsrv and return its token."""
    body = {"nickname": name, "email": f"{name}@example.org", "password": "Secret-word-1"}
    async with http.post("/user/register", json=body) as response:
        return str((await response.json())["token"])
