"""Processor time per delivery: one event at a time to a room of a thousand WebSocket members."""

from collections.abc import Awaitable, Callable

import aiohttp

from bench.measurement import Chart, Measurement, Promise, Samples, table, wanted
from bench.members import Room
from bench.processes import Server
from bench.servers import BARE, NODE, OURS, STOCK, servers
from bench.stages import Stage, prepare
from bench.watching import watched

MEMBERS, EVENTS, WARM_UP = 1000, 100, 10
_MOST = {NODE: 0.55, STOCK: 0.10, BARE: 1.1}


async def measure(rounds: int) -> Samples:
    """Return the seconds of processor time a delivery, ``whole`` and ``kernel``; the servers take turns."""
    found = Samples()
    for _ in range(rounds):
        for name, start in servers().items():
            server = start()
            try:
                found.add(name, **await one_by_one(server))
            finally:
                server.stop()
    return found


async def one_by_one(server: Server, members: int = MEMBERS) -> dict[str, float]:
    """Send one event at a time to so many members; return the seconds a delivery, and a connect."""
    async with session(server) as http:
        return await on_stage(server, http, await prepare(server, http), members)


async def on_stage(server: Server, http: aiohttp.ClientSession, stage: Stage, members: int) -> dict[str, float]:
    """Do so where the stage is ready."""
    room, event = stage.room(members), stage.event(http)
    with watched(server) as joining:
        await room.fill(server.port)
    cost = await cost_of(room, event, server)
    room.empty()
    return cost | {"connect": joining.processor / members}


def session(server: Server) -> aiohttp.ClientSession:
    """Return what asks the server."""
    return aiohttp.ClientSession(f"http://127.0.0.1:{server.port}")


async def cost_of(room: Room, event: Callable[[], Awaitable[None]], server: Server) -> dict[str, float]:
    """Return what an event costs the server a member: seconds, of them in the kernel; and the generator's part."""
    room.forget()

    async def heard() -> None:
        await event()
        await room.everyone_gets(1)

    for _ in range(WARM_UP):
        await heard()
    with watched(server) as spent:
        for _ in range(EVENTS):
            await heard()
    room.check(WARM_UP + EVENTS)
    deliveries = room.size * EVENTS
    return {"whole": spent.processor / deliveries, "kernel": spent.kernel / deliveries, "busy": spent.busy}


def _table(found: Samples) -> list[str]:
    rows = []
    for name in found:
        part = found.ratio(OURS, name, "whole")
        times = [found.told(name, what, scale=1e6) for what in ("whole", "kernel")]
        target = wanted(part, most=_MOST[name]) if name in _MOST else ""
        rows.append([name, *times, found.told(name, "busy", ".0%"), f"{part:.2f}", target])
    heads = "server | microseconds | of them in the kernel | generator | chatsrv's part | wanted"
    return [
        f"## A room of {MEMBERS:,}: processor time per delivery, one event at a time",
        "",
        *table(heads, rows),
        "",
        *_floor(found),
        "",
    ]


def _floor(found: Samples) -> list[str]:
    above = {name: found.median(name, "whole") - found.median(name, "kernel") for name in (OURS, NODE)}
    return [
        f"The bare writes alone cost {found.ratio(BARE, NODE, 'whole'):.2f} of Node's: nearly all of it is the",
        "kernel's, the same for everyone. Above the kernel chatsrv spends",
        f"{above['chatsrv'] / above[NODE]:.2f} of what Node does.",
    ]


def _charts(found: Samples) -> list[Chart]:
    title = f"A room of {MEMBERS:,}: processor time per delivery, microseconds (less is better)"
    return [Chart(title, found.ours_first("whole", 1e6), ".2f")]


def _promises(found: Samples) -> list[Promise]:
    what = f"processor time per delivery, a room of {MEMBERS:,}"
    return [Promise(what, name, found.ratio(OURS, name, "whole"), most=_MOST[name]) for name in _MOST]


MEASUREMENT = Measurement("rooms", measure, _table, _charts, _promises)
