"""Requests a second: sending a message, and reading a page of 25 out of 100,000; 64 in flight."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack

import jwt

from bench import processes
from bench.measurement import Chart, Measurement, Promise, Samples, table, wanted
from bench.requests import load, request
from bench.servers import OURS, STACK
from bench.stages import TEXT, found
from storage.base import Draft
from storage.sqlite import SqliteStorage

MESSAGES = 100_000
BARE = "bare aiohttp"
_FASTAPI = ("fastapi", "uvicorn", "sqlalchemy[asyncio]", "aiosqlite", "pyjwt", "uvloop")


async def measure(rounds: int) -> Samples:
    """Return how many requests a second each server answers, ``post`` and ``get``; they take turns."""
    with ExitStack() as stack:
        ours, chat, token = await _seeded()
        stack.callback(ours.stop)
        theirs = jwt.encode({"sub": "1"}, b"x" * 32, "HS256")
        servers = {OURS: (ours, token, chat)}
        for name, script, python in ((BARE, "bare_http", sys.executable), (STACK, "fastapi_app", _with_fastapi())):
            server = processes.peer(script, python=python)
            stack.callback(server.stop)
            servers[name] = server, theirs, 1
        return await _take_turns(servers, rounds)


async def _take_turns(servers: dict[str, tuple[processes.Server, str, int]], rounds: int) -> Samples:
    found = Samples()
    body = f'{{"text": "{TEXT}"}}'.encode()
    for _ in range(rounds):
        for name, (server, key, room) in servers.items():
            reads = await load(server.port, request("GET", f"/chats/{room}/messages/page/1", key))
            writes = await load(server.port, request("POST", f"/chats/{room}/messages", key, body))
            found.add(name, get=reads.rate, get_busy=reads.busy, post=writes.rate, post_busy=writes.busy)
    return found


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


def _with_fastapi() -> str:
    return python_with("bench", _FASTAPI)


def python_with(name: str, packages: Sequence[str]) -> str:
    """Return a Python that has a peer's packages, in an environment of its own."""
    folder = processes.ROOT / ".cache" / name
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "made").touch()
    return str(python)


_TITLES = {
    "post": "POST of a message, 64 in flight, durable",
    "get": f"GET of a page of 25 out of {MESSAGES:,}, 64 in flight",
}
_LEAST = {"post": {BARE: 0.75, STACK: 8.0}, "get": {BARE: 0.75, STACK: 7.0}}


def _table(found: Samples) -> list[str]:
    lines = []
    for what, title in _TITLES.items():
        rows = []
        for name in found:
            times = found.ratio(OURS, name, what)
            target = wanted(times, least=_LEAST[what][name]) if name in _LEAST[what] else ""
            rates = [found.told(name, what, ",.0f"), found.told(name, f"{what}_busy", ".0%")]
            rows.append([name, *rates, f"{times:.2f}", target])
        lines += [f"## {title}", "", *table("server | a second | generator | chatsrv's multiple | wanted", rows), ""]
    return lines


def _charts(found: Samples) -> list[Chart]:
    return [Chart(f"{title}, a second (more is better)", found.ours_first(what)) for what, title in _TITLES.items()]


def _promises(found: Samples) -> list[Promise]:
    return [
        Promise(f"{title}, a second", name, found.ratio(OURS, name, what), least=least)
        for what, title in _TITLES.items()
        for name, least in _LEAST[what].items()
    ]


MEASUREMENT = Measurement("messages", measure, _table, _charts, _promises)
