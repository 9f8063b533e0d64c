"""Two workers instead of one: how much of a room of a thousand the busier of them carries, over MongoDB and Redis."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import aiohttp

from bench import processes
from bench.members import Room
from bench.rooms import MEMBERS, TEXT, found
from tests.mongodb import MongoServer
from tests.redis_server import RedisServer

EVENTS, WARM_UP = 100, 20


async def measure(rounds: int) -> dict[int, float]:
    """Return, by the number of workers, the median seconds of processor time an event of the busiest of them."""
    found: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        redis, mongodb = RedisServer(Path(folder)), MongoServer(Path(folder))
        redis.start()
        mongodb.start()
        try:
            for turn in range(rounds):
                for workers, costs in found.items():
                    costs.append(await _one(workers, mongodb.url(f"bench_{turn}_{workers}"), redis.url))
        finally:
            redis.kill()
            mongodb.kill()
    return {workers: median(costs) for workers, costs in found.items()}


async def _one(workers: int, storage: str, bus: str) -> float:
    server = processes.chatsrv(
        CHATSRV_STORAGE=storage, CHATSRV_BUS=bus, CHATSRV_WORKERS=str(workers), CHATSRV_SECRET="x" * 40
    )
    # Each request comes on a connection of its own, so that both workers get some.
    spread = aiohttp.TCPConnector(force_close=True)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", connector=spread) as http:
            return await _events(server, http)
    finally:
        server.stop()


async def _events(server: processes.Server, http: aiohttp.ClientSession) -> float:
    token, chat, _ = await found(server.port)
    headers, path = {"Authorization": f"Bearer {token}"}, f"/chats/{chat}/messages"
    room = Room(MEMBERS, token)
    await room.fill(server.port)
    room.forget()

    async def event() -> None:
        async with http.post(path, json={"text": TEXT}, headers=headers) as response:
            assert response.status == 200, await response.text()
        await room.everyone_gets(1)

    for _ in range(WARM_UP):
        await event()
    before = server.seconds_of_workers()
    for _ in range(EVENTS):
        await event()
    spent = [after - before[worker] for worker, after in server.seconds_of_workers().items()]
    room.check(WARM_UP + EVENTS)
    room.empty()
    return max(spent) / EVENTS


def table(found: dict[int, float], reached: Callable[[bool], str]) -> list[str]:
    """Return the lines of the results' page."""
    times = found[1] / found[2]
    lines = [f"## A room of {MEMBERS} on one worker and on two, over MongoDB and Redis", ""]
    lines += ["| workers | milliseconds of processor time an event, of the busiest |", "|---|---|"]
    lines += [f"| {workers} | {cost * 1e3:.2f} |" for workers, cost in found.items()]
    return [
        *lines,
        "",
        f"With a core each, two deliver {times:.2f} times what one does (at least 1.7: {reached(times >= 1.7)}). Both",
        "shared one core here, because the generator and the databases needed the machine's other one: so it is the",
        "busiest worker's processor time that is compared, not a rate. What does not halve is posting over MongoDB: a",
        "quarter of the samples of a worker's profile, the driver's threads not counted.",
        "",
    ]
