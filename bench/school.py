"""One school event to ten thousand connected students, and the notification that each of them is made of it."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from operator import truediv
from statistics import median

import aiohttp

from bench import processes
from bench.measurement import Measurement, Samples, table, wanted
from bench.members import Member, Room
from bench.stages import TEXT, register
from bench.watching import watched
from chatsrv.app import create_app
from chatsrv.config import load
from chatsrv.security import Role
from chatsrv.services import COLLECTIONS, KINDS
from chatsrv.services.people import PEOPLE, new_person
from handlers.asking import EDGE

STUDENTS, MEMBERS, MESSAGES = 10_000, 50, 1000
_AT_ONCE = 200
_PATIENCE = 300.0
_EVENT = {"name": "Prom", "description": "With dances until the morning.", "place": "Hall"}

Post = Callable[..., Awaitable[None]]


class Student(Member):
    """A receiver with a token of its own, which tells its notifications from what everybody hears."""

    def __init__(self, school: "School", token: str) -> None:
        super().__init__(school)
        self._school = school
        self._auth = json.dumps({"token": token}).encode()

    def _take(self, payload: bytes) -> None:
        if payload.startswith(b"0"):
            self._send(b"40" + self._auth)
        elif payload.startswith(b'42["notification.new"'):
            self._school.notified()
        else:
            if payload.startswith(self._school.counts):
                self._school.latest = payload
            super()._take(payload)


class School(Room):
    """All students of a run."""

    def __init__(self, tokens: Sequence[str]) -> None:
        super().__init__(len(tokens), "", b'42["event.new"')
        self._tokens = tokens
        self._notified = 0
        self.latest = b""

    def receiver(self, place: int) -> Member:
        return Student(self, self._tokens[place])

    def notified(self) -> None:
        """Note that one more student was notified."""
        self._notified += 1
        if self.all_notified:
            self._news.set()

    @property
    def all_notified(self) -> bool:
        """Whether each student was notified of the latest event."""
        return self._notified >= len(self._tokens)

    async def everyone_is_notified(self) -> None:
        """Return once each student was notified of the latest event. Raises TimeoutError: then the run is void."""
        await self._until(lambda: self.all_notified, _PATIENCE)

    def forget_notifications(self) -> None:
        """Count the next event's."""
        assert self._notified in (0, len(self._tokens)), "a student was notified twice"
        self._notified = 0


async def measure(rounds: int) -> Samples:
    """Return seconds: the last hears, ours and bare; p99 and slowest of messages; all are notified; the cost."""
    with ExitStack() as stack:
        folder = processes.data_folder()
        teacher, tokens = await _seed(folder)
        server = processes.chatsrv(folder)
        stack.callback(server.stop)
        school = School(tokens)
        await school.fill(server.port)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            announce = _posting(http, "/events", teacher, _EVENT)
            await _announce(school, announce)  # its bytes are what the bare server writes
            bare = processes.peer("bare_frames", BENCH_PAYLOAD=school.latest.decode())
            stack.callback(bare.stop)
            crowd = await _crowd(bare.port)
            stack.callback(crowd.terminate)
            arrives = await _talk(http, server.port)
            found = Samples()
            for _ in range(rounds):
                found.add("chatsrv", **await _round(server, school, crowd, announce, arrives))
        school.empty()
    return found


async def _seed(folder: str) -> tuple[str, list[str]]:
    """Fill a database; return the token of a teacher and those of the students."""
    services = create_app(load(None, {"CHATSRV_DATA": folder}))[EDGE].services
    await services.storage.open(COLLECTIONS, KINDS)
    teacher = await services.accounts.register("teacher", "Secret-word-1", role=Role.TEACHER)
    tokens: list[str] = []
    for start in range(1, STUDENTS + 1, _AT_ONCE):
        ids = range(start, start + _AT_ONCE)
        people = [new_person(id, f"student{id}", 1_700_000_000_000, role=Role.STUDENT) for id in ids]
        await asyncio.gather(*(services.storage.insert(PEOPLE.name, one) for one in people))
        tokens += [grant.token for grant in await asyncio.gather(*(services.sessions.open(id) for id in ids))]
    await services.storage.close()
    return teacher.grant.token, tokens


def _posting(http: aiohttp.ClientSession, path: str, token: str, body: dict[str, str]) -> Post:
    async def post() -> None:
        async with http.post(path, json=body, headers={"Authorization": f"Bearer {token}"}) as response:
            assert response.status == 200, await response.text()

    return post


async def _talk(http: aiohttp.ClientSession, port: int) -> Callable[[], Awaitable[float]]:
    """Fill a chat; return what sends a message there and says after how many seconds the last member had it."""
    token = await register(http)
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post("/chats", json={"name": "Room"}, headers=headers) as response:
        path = f"/chats/{(await response.json())['id']}/messages"
    room = Room(MEMBERS, token, b'42["message.new"')
    await room.fill(port)
    room.forget()
    send = _posting(http, path, token, {"text": TEXT})

    async def arrives() -> float:
        begun = time.perf_counter()
        await send()
        await room.everyone_gets(1)
        return time.perf_counter() - begun

    return arrives


async def _announce(school: School, announce: Post) -> float:
    """Return how many seconds it took until the last student heard of the event; all are notified then, too."""
    school.forget()
    school.forget_notifications()
    begun = time.perf_counter()
    await announce()
    await school.everyone_gets(1)
    heard = time.perf_counter() - begun
    await school.everyone_is_notified()
    return heard


async def _crowd(port: int) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "bench.receivers", str(port), str(STUDENTS))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=processes.ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def _bare(crowd: asyncio.subprocess.Process) -> float:
    """Return how many seconds it took until the last of the crowd got the bytes."""
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    crowd.stdin.write(b"go\n")
    return float(await crowd.stdout.readline())


async def _round(
    server: processes.Server,
    school: School,
    crowd: asyncio.subprocess.Process,
    announce: Post,
    arrives: Callable[[], Awaitable[float]],
) -> dict[str, float]:
    with watched(server) as spent:
        ours = await _announce(school, announce)
    bare = await _bare(crowd)
    quiet = [await arrives() for _ in range(MESSAGES)]
    loaded: list[float] = []
    with watched(server) as notifying:
        announcing = asyncio.create_task(_announce(school, announce))
        while not announcing.done():
            loaded.append(await arrives())
        await announcing
    return {
        "ours": ours,
        "bare": bare,
        "quiet": _p99(quiet),
        "loaded": _p99(loaded),
        "slowest": max(loaded),
        "notified": notifying.passed,
        "cost": spent.processor / STUDENTS,
        "messages": len(loaded),
        "busy": notifying.busy,
    }


def _table(found: Samples) -> list[str]:
    ours, bare, quiet, loaded = (found.of("chatsrv", what) for what in ("ours", "bare", "quiet", "loaded"))
    times, ratio = median(map(truediv, ours, bare)), median(map(truediv, loaded, quiet))
    notified = f"{found.told('chatsrv', 'notified', '.1f')} s"
    cost = f"{found.told('chatsrv', 'cost', '.0f', 1e6)} microseconds"
    messages = found.median("chatsrv", "messages")
    rows = [
        ["the last student hears of it", _ms(found, "ours"), ""],
        ["the last of as many gets the same bytes from bare writes", _ms(found, "bare"), ""],
        ["the first by the second", f"{times:.2f}", wanted(times, most=3)],
        ["each has got a notification of their own after", notified, ""],
        ["which costs the server, of its processor, for each", cost, ""],
        [f"a message arrives at all {MEMBERS} members of a chat, p99 while it is quiet", _ms(found, "quiet"), ""],
        [f"the same while the notifications are made ({messages:.0f} messages)", _ms(found, "loaded"), ""],
        ["the second by the first", f"{ratio:.2f}", wanted(ratio, most=2)],
        ["the slowest message meanwhile", f"{max(found.of('chatsrv', 'slowest')) * 1e3:.0f} ms", ""],
        ["generator meanwhile", found.told("chatsrv", "busy", ".0%"), ""],
    ]
    return [
        f"## A school event to {STUDENTS:,} connected students",
        "",
        *table("of a round | measured | wanted", rows),
        "",
        "One server with all of them connected, each with an account of their own. The notifications are entries of as",
        "many streams, durable, each pushed to its reader.",
        "",
    ]


def _ms(found: Samples, what: str) -> str:
    return f"{found.told('chatsrv', what, '.1f', 1e3)} ms"


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


MEASUREMENT = Measurement("school", measure, _table, minutes=8)
