"""Requests a second: sending a message, and reading a page of 25 out of 100,000; 64 in flight."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

import jwt

from bench import processes
from bench.requests import load, request
from bench.rooms import TEXT, found
from storage.base import Draft
from storage.sqlite import SqliteStorage

MESSAGES = 100_000
FASTAPI = ("fastapi", "uvicorn", "sqlalchemy[asyncio]", "aiosqlite", "pyjwt", "uvloop")


class Rates(NamedTuple):
    """Medians of the requests a second, and the busiest that the generator was."""

    post: dict[str, float]
    get: dict[str, float]
    busy: float


async def measure(rounds: int) -> Rates:
    """Return what each server reaches; they take turns."""
    with ExitStack() as stack:
        ours, chat, token = await _seeded()
        stack.callback(ours.stop)
        theirs = jwt.encode({"sub": "1"}, b"x" * 32, "HS256")
        servers = [(ours, token, chat)]
        for name, python in (("bare_http", sys.executable), ("fastapi_app", python_with("bench", FASTAPI))):
            server = processes.peer(name, python=python)
            stack.callback(server.stop)
            servers.append((server, theirs, 1))
        return await _take_turns(servers, rounds)


async def _take_turns(servers: list[tuple[processes.Server, str, int]], rounds: int) -> Rates:
    names = ["chatsrv", "bare aiohttp", "FastAPI, SQLAlchemy"]
    post: dict[str, list[float]] = {name: [] for name in names}
    get: dict[str, list[float]] = {name: [] for name in names}
    busy = 0.0
    body = f'{{"text": "{TEXT}"}}'.encode()
    for _ in range(rounds):
        for name, (server, key, room) in zip(names, servers, strict=True):
            reads = await load(server.port, request("GET", f"/chats/{room}/messages/page/1", key))
            writes = await load(server.port, request("POST", f"/chats/{room}/messages", key, body))
            get[name].append(reads.rate)
            post[name].append(writes.rate)
            busy = max(busy, reads.busy, writes.busy)
    return Rates(_medians(post), _medians(get), busy)


def _medians(found: dict[str, list[float]]) -> dict[str, float]:
    return {name: median(values) for name, values in found.items()}


async def _seeded() -> tuple[processes.Server, int, str]:
    """Return our server with a chat of 100,000 messages, and who may read it."""
    folder = processes.data_folder()
    server = processes.chatsrv(folder)
    token, chat, author = await found(server.port)
    server.stop()
    await _fill(f"{folder}/chatsrv.db", chat, author)
    return processes.chatsrv(folder), chat, token


async def _fill(path: str, chat: int, author: int) -> None:
    storage = SqliteStorage(path)
    await storage.open(())
    created = 1_700_000_000_000
    for start in range(0, MESSAGES, 2000):
        drafts = (_draft(number, chat, author, created) for number in range(start, start + 2000))
        await asyncio.gather(*(storage.append(draft) for draft in drafts))
    await storage.close()


def _draft(number: int, chat: int, author: int, created: int) -> Draft:
    text = f"Hello number {number}"
    fields = {"text": text, "parent_id": 0, "created": created, "edited": False, "deleted": False}
    return Draft(number + 1, f"chat:{chat}", "message", "message.new", author, fields)


def python_with(name: str, packages: Sequence[str]) -> str:
    """Return a Python that has a peer's packages, in an environment of its own."""
    folder = processes.ROOT / ".cache" / name
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "made").touch()
    return str(python)
