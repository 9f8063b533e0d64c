"""Processor time per delivery: one event at a time to a room of a thousand WebSocket members."""

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import aiohttp

from bench import processes
from bench.members import Room
from chatsrv.client import Client

MEMBERS, EVENTS, WARM_UP = 1000, 100, 10
TEXT = "All happy families are alike; each unhappy family is unhappy in its own way."


class Cost(NamedTuple):
    """Seconds of processor time per delivery, and how many of them in the kernel."""

    whole: float
    kernel: float


async def measure(rounds: int) -> dict[str, Cost]:
    """Return the median cost of each server; they take turns."""
    servers: dict[str, Callable[[], processes.Server]] = {
        "chatsrv": processes.chatsrv,
        "bare writes of ready bytes": lambda: processes.peer("bare_frames"),
        "Node socket.io 4.8": lambda: processes.peer("socketio_node"),
        "stock python-socketio": lambda: processes.peer("socketio_python"),
    }
    found: dict[str, list[Cost]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, start in servers.items():
            server = start()
            try:
                found[name].append(await _one(server))
            finally:
                server.stop()
    return {name: Cost(*(median(values) for values in zip(*costs, strict=True))) for name, costs in found.items()}


async def _one(server: processes.Server) -> Cost:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
        path, token = await prepare(server, http)
        room = Room(MEMBERS, token)
        await room.fill(server.port)
        room.forget()
        headers = {"Authorization": f"Bearer {token}"}

        async def event() -> None:
            async with http.post(path, json={"text": TEXT}, headers=headers) as response:
                assert response.status == 200, await response.text()
            await room.everyone_gets(1)

        for _ in range(WARM_UP):
            await event()
        before, kernel = server.processor_seconds(), server.kernel_seconds()
        for _ in range(EVENTS):
            await event()
        spent, kernel = server.processor_seconds() - before, server.kernel_seconds() - kernel
        room.check(WARM_UP + EVENTS)
        room.empty()
    return Cost(spent / (MEMBERS * EVENTS), kernel / (MEMBERS * EVENTS))


async def prepare(server: processes.Server, http: aiohttp.ClientSession, name: str = "lyova") -> tuple[str, str]:
    """Return the path that makes an event, and the token to join with."""
    if server.name != "chatsrv":
        return "/emit", ""
    token = await register(http, name)
    async with http.post("/chats", json={"name": "Room"}, headers={"Authorization": f"Bearer {token}"}) as response:
        return f"/chats/{(await response.json())['id']}/messages", token


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
