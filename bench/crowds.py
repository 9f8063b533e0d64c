"""Ten thousand connections: what one costs at rest and in connecting, and what happens when all come back at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, cast

import aiohttp
import jwt

from bench import centrifugo, processes
from bench.callers import Crowd
from bench.measurement import Chart, Measurement, Promise, Samples, reached, table, wanted
from bench.members import Member, Room
from bench.processes import Server
from bench.servers import CENTRIFUGO, NODE, OURS
from bench.subscribers import Subscriber
from bench.watching import watched

SIZE, PEOPLE, CHATS, IN_FLIGHT, MISSED = 10_000, 100, 20, 64, 3
SECRET = "a secret of a measured server, long enough"
PASSWORD = "Secret-word-1"


async def measure(rounds: int) -> Samples:
    """Return KiB a connection at rest, the seconds of connecting all and of their coming back; servers take turns."""
    found = Samples()
    for _ in range(rounds):
        found.add(NODE, **await _node())
        if centrifugo.available():
            found.add(CENTRIFUGO, **await _centrifugo())
        found.add(OURS, **await _ours())
    return found


async def _node() -> dict[str, float]:
    server = processes.peer("crowd_node", BENCH_SECRET=SECRET)
    try:
        until = int(time.time()) + 3600
        tokens = [jwt.encode({"sub": str(one), "exp": until}, SECRET, "HS256") for one in range(PEOPLE)]
        return await _connecting(server, Crowd(server.port, tokens, SIZE))
    finally:
        server.stop()


async def _centrifugo() -> dict[str, float]:
    server = centrifugo.server()
    try:
        channels = [f"chat_{number}" for number in range(CHATS)]
        tokens = [centrifugo.token(str(one), [*channels, f"user_{one}"]) for one in range(PEOPLE)]
        return await _connecting(server, Crowd(server.port, tokens, SIZE, caller=_subscriber))
    finally:
        server.stop()


def _subscriber(crowd: Crowd, token: bytes, _: bytes) -> Member:
    return Subscriber(cast(Room, crowd), token=token.decode())


async def _ours() -> dict[str, float]:
    many = {"LIMITS_CONNECTIONS": "30000", "RATES_REGISTER_PER_HOUR": "100000"}
    server = processes.chatsrv(**{f"CHATSRV_{name}": value for name, value in many.items()})
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            tokens, chats = await _people(http)
            crowd = Crowd(server.port, tokens, SIZE)
            cost = await _connecting(server, crowd)
            return cost | await _storm(http, server, crowd, tokens, chats)
    finally:
        server.stop()


async def _connecting(server: Server, crowd: Crowd) -> dict[str, float]:
    """Connect everyone; what a connection costs is seen once the server has nothing more to do."""
    before = _kib(server)
    with watched(server) as spent:
        passed = await crowd.connect(IN_FLIGHT)
    await asyncio.sleep(3)
    kib = (_kib(server) - before) / SIZE
    return {"kib": kib, "processor": spent.processor, "passed": passed, "busy": spent.busy}


async def _storm(
    http: aiohttp.ClientSession, server: Server, crowd: Crowd, tokens: list[str], chats: list[int]
) -> dict[str, float]:
    async with _talk(http, tokens[0]):
        await asyncio.sleep(3)
        quiet = _p99(crowd.seconds)
        heads = (await _post(http, tokens[0], "/sync", {}))["streams"]
        numbers = {f"chat:{chat}": heads[f"chat:{chat}"]["head"] for chat in chats}
        crowd.leave()
        for chat in chats[:MISSED]:
            await _post(http, tokens[0], f"/chats/{chat}/messages", {"text": "missed"})
        crowd.seconds, crowd.events = [], 0
        hello = json.dumps(["resume", {"streams": numbers}]).encode()
        with watched(server) as spent:
            returning = await crowd.connect(SIZE, hello)
        assert crowd.events >= MISSED * SIZE, "everyone got what they missed"
        # What was written meanwhile may only arrive now.
        await asyncio.sleep(3)
        loaded = _p99(crowd.seconds)
    crowd.leave()
    return {"returning": returning, "quiet": quiet, "loaded": loaded, "returning_busy": spent.busy}


@asynccontextmanager
async def _talk(http: aiohttp.ClientSession, token: str) -> AsyncIterator[None]:
    """Found a chat of one person alone, and write there when it is, twenty times a second."""
    chat = (await _post(http, token, "/chats", {"name": "Watched"}))["id"]

    async def talk() -> None:
        while True:
            await _post(http, token, f"/chats/{chat}/messages", {"text": f"at {time.perf_counter():.6f}"})
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    try:
        yield
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


def _table(found: Samples) -> list[str]:
    rows = []
    for name in found:
        told = [found.told(name, "kib", ".1f"), found.told(name, "processor", ".2f", 1e3 / SIZE)]
        rows.append([name, *told, found.told(name, "passed", ".1f"), found.told(name, "busy", ".0%")])
    less, sooner = found.ratio(OURS, NODE, "kib"), found.ratio(OURS, NODE, "passed")
    heads = "server | KiB a connection at rest | processor, ms a connect | seconds for all | generator"
    return [
        f"## {SIZE:,} connections: handshake, token, {CHATS} chats",
        "",
        *table(heads, rows),
        "",
        f"Memory is {less:.2f} of Node's ({wanted(less, most=0.8)}), the time to connect all {sooner:.2f} of its (less",
        f"than 1: {reached(sooner < 1)}), {IN_FLIGHT} connecting at a time.",
        "",
        *_back(found),
    ]


def _back(found: Samples) -> list[str]:
    back = found.median(OURS, "returning") / found.median(OURS, "passed")
    loaded, quiet = (found.told(OURS, what, ".0f", 1e3) for what in ("loaded", "quiet"))
    return [
        f"All come back at once, {MISSED} messages behind, with `resume`: the last is live after",
        f"{found.told(OURS, 'returning', '.1f')} s, {back:.2f} of what connecting took ({wanted(back, most=2)}).",
        f"The generator is busy {found.told(OURS, 'returning_busy', '.0%')} then. A message to 100 who are back",
        f"takes at the p99 {loaded} ms meanwhile, {quiet} ms when it is quiet. The connections are those of {PEOPLE}",
        f"people, {SIZE // PEOPLE} each; storage is read once for all who missed the same (`tests/ws/test_resume.py`",
        "counts it).",
        "",
    ]


def _charts(found: Samples) -> list[Chart]:
    titles = {"kib": "KiB each at rest", "passed": "seconds to connect all"}
    return [
        Chart(f"{SIZE:,} connections: {title} (less is better)", found.ours_first(what), ".1f")
        for what, title in titles.items()
    ]


def _promises(found: Samples) -> list[Promise]:
    back = found.median(OURS, "returning") / found.median(OURS, "passed")
    return [
        Promise("memory of a connection at rest", NODE, found.ratio(OURS, NODE, "kib"), most=0.8),
        Promise(f"time to connect {SIZE:,}", NODE, found.ratio(OURS, NODE, "passed"), most=1),
        Promise(f"time until {SIZE:,} are back at once", "connecting them", back, most=2),
    ]


MEASUREMENT = Measurement("crowds", measure, _table, _charts, _promises, minutes=8)
