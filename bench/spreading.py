"""Two workers instead of one: how much of a room of a thousand the busier of them carries, over MongoDB and Redis."""

import tempfile
from pathlib import Path

import aiohttp

from bench import processes
from bench.measurement import Measurement, Promise, Samples, table, wanted
from bench.members import Room
from bench.rooms import MEMBERS
from bench.stages import TEXT, found
from bench.watching import watched
from tests.mongodb import MongoServer
from tests.redis_server import RedisServer

EVENTS, WARM_UP = 100, 20


async def measure(rounds: int) -> Samples:
    """Return, by the number of workers, the seconds of processor time an event of the busiest of them."""
    found = Samples()
    with tempfile.TemporaryDirectory() as folder:
        redis, mongodb = RedisServer(Path(folder)), MongoServer(Path(folder))
        redis.start()
        mongodb.start()
        try:
            for turn in range(rounds):
                for workers in (1, 2):
                    url = mongodb.url(f"bench_{turn}_{workers}")
                    found.add(str(workers), **await _one(workers, url, redis.url))
        finally:
            redis.kill()
            mongodb.kill()
    return found


async def _one(workers: int, storage: str, bus: str) -> dict[str, float]:
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


async def _events(server: processes.Server, http: aiohttp.ClientSession) -> dict[str, float]:
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
    with watched(server) as whole:
        for _ in range(EVENTS):
            await event()
    spent = [after - before[worker] for worker, after in server.seconds_of_workers().items()]
    room.check(WARM_UP + EVENTS)
    room.empty()
    return {"busiest": max(spent) / EVENTS, "busy": whole.busy}


def _table(found: Samples) -> list[str]:
    times = found.ratio("1", "2", "busiest")
    rows = [[name, found.told(name, "busiest", scale=1e3), found.told(name, "busy", ".0%")] for name in found]
    return [
        f"## A room of {MEMBERS:,} on one worker and on two, over MongoDB and Redis",
        "",
        *table("workers | milliseconds of processor time an event, of the busiest | generator", rows),
        "",
        f"With a core each, two deliver {times:.2f} times what one does ({wanted(times, least=1.7)}). Both",
        "shared one core here, because the generator and the databases needed the machine's other one: so it is the",
        "busiest worker's processor time that is compared, not a rate. What does not halve is posting over MongoDB: a",
        "quarter of the samples of a worker's profile, the driver's threads not counted.",
        "",
    ]


def _promises(found: Samples) -> list[Promise]:
    return [Promise("deliveries of two workers", "of one", found.ratio("1", "2", "busiest"), least=1.7)]


MEASUREMENT = Measurement("spreading", measure, _table, promises=_promises)
