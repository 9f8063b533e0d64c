"""A burst: a hundred events at once to a room of a thousand; and how long an event takes at half of Node's capacity."""

import asyncio
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import NamedTuple

import aiohttp

from bench import processes
from bench.members import Member, Room
from bench.rooms import MEMBERS, TEXT, prepare

EVENTS, BURSTS, PACED = 100, 5, 300


class Found(NamedTuple):
    """Deliveries for a second of the server's processor, deliveries a second that passed."""

    processor: float
    passed: float


Servers = dict[str, Callable[[], processes.Server]]


def _servers() -> Servers:
    return {
        "chatsrv": processes.chatsrv,
        "Node socket.io 4.8": lambda: processes.peer("socketio_node"),
        "stock python-socketio": lambda: processes.peer("socketio_python"),
    }


async def measure(rounds: int) -> tuple[dict[str, Found], dict[str, float]]:
    """Return the medians of bursts, and the p99 of delivery in seconds at one pace; the servers take turns."""
    bursts: dict[str, list[Found]] = {name: [] for name in _servers()}
    paced: dict[str, list[float]] = {"chatsrv": [], "Node socket.io 4.8": []}
    pace = 0.0
    for _ in range(rounds):
        for name, start in sorted(_servers().items(), key=lambda one: one[0] != "Node socket.io 4.8"):
            server = start()
            try:
                found, single = await _one(server)
                bursts[name].append(found)
                # Node goes first and says what half of its capacity is.
                pace = pace or single * 2
                if name in paced:
                    paced[name].append(await _paced(server, pace))
            finally:
                server.stop()
    return {name: Found(*map(median, zip(*found, strict=True))) for name, found in bursts.items()}, {
        name: median(found) for name, found in paced.items()
    }


async def _one(server: processes.Server) -> tuple[Found, float]:
    """Return what bursts came to, and the processor seconds of one event by itself."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", connector=_connector()) as http:
        path, token = await prepare(server, http)
        room = Room(MEMBERS, token)
        await room.fill(server.port)
        room.forget()

        async def event() -> None:
            async with http.post(path, json={"text": TEXT}, headers=_headers(token)) as response:
                assert response.status == 200, await response.text()

        for _ in range(10):
            await event()
            await room.everyone_gets(1)
        before = server.processor_seconds()
        for _ in range(20):
            await event()
            await room.everyone_gets(1)
        single = (server.processor_seconds() - before) / 20
        before, begun = server.processor_seconds(), time.perf_counter()
        for _ in range(BURSTS):
            await asyncio.gather(*(event() for _ in range(EVENTS)))
            await room.everyone_gets(EVENTS)
        spent, passed = server.processor_seconds() - before, time.perf_counter() - begun
        room.check(30 + BURSTS * EVENTS)
        room.empty()
    deliveries = BURSTS * EVENTS * MEMBERS
    return Found(deliveries / spent, deliveries / passed), single


class _Timed(Member):
    """A member that notes how long each event took since it was to be sent."""

    def __init__(self, room: "_TimedRoom") -> None:
        super().__init__(room)
        self._timed = room

    def _take(self, payload: bytes) -> None:
        sent = self._timed.sent
        if payload.startswith(b"42") and self.events < len(sent):
            self._timed.seconds.append(time.perf_counter() - sent[self.events])
        super()._take(payload)


class _TimedRoom(Room):
    """A room whose members are such."""

    def __init__(self, size: int, token: str) -> None:
        super().__init__(size, token)
        self.sent: list[float] = []
        self.seconds: list[float] = []

    def receiver(self, place: int) -> Member:
        """Make the receiver that takes this place."""
        return _Timed(self)


async def _paced(server: processes.Server, pace: float) -> float:
    """Return the p99 of delivery when an event is sent every ``pace`` seconds."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", connector=_connector()) as http:
        path, token = await prepare(server, http, name="anna")
        room = _TimedRoom(MEMBERS, token)
        await room.fill(server.port)
        room.forget()
        begun = time.perf_counter()

        async def event() -> None:
            async with http.post(path, json={"text": TEXT}, headers=_headers(token)) as response:
                assert response.status == 200, await response.text()

        posts = []
        for number in range(PACED):
            await asyncio.sleep(max(0, begun + number * pace - time.perf_counter()))
            room.sent.append(time.perf_counter())
            posts.append(asyncio.create_task(event()))
        await asyncio.gather(*posts)
        await room.everyone_gets(PACED)
        room.empty()
    return quantiles(room.seconds, n=100)[98]


def _connector() -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(limit=EVENTS, keepalive_timeout=2)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def table(bursts: dict[str, Found], paced: dict[str, float], reached: Callable[[bool], str]) -> list[str]:
    """Return the lines of the results' page."""
    ours, node = bursts["chatsrv"], bursts["Node socket.io 4.8"]
    times = ours.processor / node.processor
    lines = [f"## {EVENTS} events at once to {MEMBERS} members", ""]
    lines += ["| server | deliveries for a second of processor | deliveries a second |", "|---|---|---|"]
    lines += [f"| {name} | {found.processor:,.0f} | {found.passed:,.0f} |" for name, found in bursts.items()]
    mine, theirs = paced["chatsrv"], paced["Node socket.io 4.8"]
    return [
        *lines,
        "",
        f"{times:.1f} times Node's by processor time (at least 4: {reached(times >= 4)}). At half of Node's capacity",
        f"the p99 of delivery is {mine * 1e3:.1f} ms, Node's {theirs * 1e3:.1f} ms (at most Node's:",
        f"{reached(mine <= theirs)}), though ours commits each message to disk first. Centrifugo could not be had: the",
        "Go module proxy refuses it.",
        "",
    ]
