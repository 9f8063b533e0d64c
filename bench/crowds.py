"""Ten thousand connections: what one costs at rest and in connecting, and what happens when all come back at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import aiohttp
import jwt

from bench import processes
from bench.callers import Crowd

SIZE, PEOPLE, CHATS, IN_FLIGHT, MISSED = 10_000, 100, 20, 64, 3
SECRET = "a secret of a measured server, long enough"
PASSWORD = "Secret-word-1"


class Cost(NamedTuple):
    """KiB a connection at rest; processor and passed seconds of connecting all."""

    kib: float
    processor: float
    passed: float


class Storm(NamedTuple):
    """Seconds of connecting all, of all coming back at once; p99 of messages to those who are back, quiet and then."""

    connecting: float
    returning: float
    quiet: float
    loaded: float


async def measure(rounds: int) -> tuple[dict[str, Cost], Storm]:
    """Return the medians; the servers take turns."""
    found: dict[str, list[Cost]] = {"chatsrv": [], "Node socket.io 4.8": []}
    storms: list[Storm] = []
    for _ in range(rounds):
        found["Node socket.io 4.8"].append(await _node())
        cost, storm = await _ours()
        found["chatsrv"].append(cost)
        storms.append(storm)
    costs = {name: Cost(*map(median, zip(*costs, strict=True))) for name, costs in found.items()}
    return costs, Storm(*map(median, zip(*storms, strict=True)))


async def _node() -> Cost:
    server = processes.peer("crowd_node", BENCH_SECRET=SECRET)
    try:
        until = int(time.time()) + 3600
        tokens = [jwt.encode({"sub": str(one), "exp": until}, SECRET, "HS256") for one in range(PEOPLE)]
        return await _connecting(server, Crowd(server.port, tokens, SIZE))
    finally:
        server.stop()


async def _ours() -> tuple[Cost, Storm]:
    many = {"LIMITS_CONNECTIONS": "30000", "RATES_REGISTER_PER_HOUR": "100000"}
    server = processes.chatsrv(**{f"CHATSRV_{name}": value for name, value in many.items()})
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            tokens, chats = await _people(http)
            crowd = Crowd(server.port, tokens, SIZE)
            cost = await _connecting(server, crowd)
            return cost, await _storm(http, crowd, tokens, chats, cost.passed)
    finally:
        server.stop()


async def _connecting(server: processes.Server, crowd: Crowd) -> Cost:
    """Connect everyone; what a connection costs is seen once the server has nothing more to do."""
    before, spent = _kib(server), server.processor_seconds()
    passed = await crowd.connect(IN_FLIGHT)
    spent = server.processor_seconds() - spent
    await asyncio.sleep(3)
    return Cost((_kib(server) - before) / SIZE, spent, passed)


async def _storm(
    http: aiohttp.ClientSession, crowd: Crowd, tokens: list[str], chats: list[int], connecting: float
) -> Storm:
    async with _talk(http, tokens[0]) as watched:
        await asyncio.sleep(3)
        quiet = _p99(crowd.seconds)
        heads = (await _post(http, tokens[0], "/sync", {}))["streams"]
        numbers = {f"chat:{chat}": heads[f"chat:{chat}"]["head"] for chat in chats}
        crowd.leave()
        for chat in chats[:MISSED]:
            await _post(http, tokens[0], f"/chats/{chat}/messages", {"text": "missed"})
        crowd.seconds, crowd.events = [], 0
        hello = json.dumps(["resume", {"streams": numbers}]).encode()
        returning = await crowd.connect(SIZE, hello)
        assert crowd.events >= MISSED * SIZE, "everyone got what they missed"
        assert watched
        loaded = _p99(crowd.seconds)
    crowd.leave()
    return Storm(connecting, returning, quiet, loaded)


@asynccontextmanager
async def _talk(http: aiohttp.ClientSession, token: str) -> AsyncIterator[int]:
    """Found a chat of one person alone, and write there when it is, twenty times a second."""
    chat = (await _post(http, token, "/chats", {"name": "Watched"}))["id"]

    async def talk() -> None:
        while True:
            await _post(http, token, f"/chats/{chat}/messages", {"text": f"at {time.perf_counter():.6f}"})
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    try:
        yield chat
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


async def _people(http: aiohttp.ClientSession) -> tuple[list[str], list[int]]:
    """Return the tokens of a hundred people, and the twenty chats that they are all in."""
    names = [f"person{number}" for number in range(PEOPLE)]
    bodies = [{"nickname": name, "email": f"{name}@example.org", "password": PASSWORD} for name in names]
    tokens = [(await _post(http, "", "/user/register", body))["token"] for body in bodies]
    chats = [{"name": f"Chat {number}", "users": names[1:]} for number in range(CHATS)]
    return tokens, [(await _post(http, tokens[0], "/chats", chat))["id"] for chat in chats]


async def _post(http: aiohttp.ClientSession, token: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with http.post(path, json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.json()


def _kib(server: processes.Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def table(costs: dict[str, Cost], storm: Storm, reached: Callable[[bool], str]) -> list[str]:
    """Return the lines of the results' page."""
    ours, node = costs["chatsrv"], costs["Node socket.io 4.8"]
    back = storm.returning / storm.connecting
    lines = [f"## {SIZE:,} connections: handshake, token, {CHATS} chats", ""]
    lines += ["| server | KiB a connection at rest | processor, ms a connect | seconds for all |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {cost.kib:.1f} | {cost.processor / SIZE * 1e3:.2f} | {cost.passed:.1f} |"
        for name, cost in costs.items()
    ]
    less, time_of = ours.kib / node.kib, ours.passed / node.passed
    return [
        *lines,
        "",
        f"Memory is {less:.2f} of Node's (at most 0.8: {reached(less <= 0.8)}), the time to connect all {time_of:.2f}",
        f"of its (less than 1: {reached(time_of < 1)}), {IN_FLIGHT} connecting at a time.",
        "",
        f"All come back at once, {MISSED} messages behind, with `resume`: the last is live after",
        f"{storm.returning:.1f} s, {back:.2f} of what connecting took (at most 2: {reached(back <= 2)}). A message to",
        f"100 who are back takes at the p99 {storm.loaded * 1e3:.0f} ms meanwhile, {storm.quiet * 1e3:.0f} ms when it",
        f"is quiet. The connections are those of {PEOPLE} people, {SIZE // PEOPLE} each; storage is read once for all",
        "who missed the same (`tests/ws/test_resume.py` counts it).",
        "",
    ]
