"""A burst: a hundred events at once to a room of a thousand; and how long an event takes at half of what a peer can."""

import asyncio
import time
from statistics import quantiles

import aiohttp

from bench.measurement import Chart, Measurement, Promise, Samples, reached, table, wanted
from bench.processes import Server
from bench.rooms import MEMBERS
from bench.servers import CENTRIFUGO, NODE, OURS, STOCK, servers
from bench.stages import prepare
from bench.watching import watched

EVENTS, BURSTS, PACED = 100, 3, 300
_PEERS = (NODE, CENTRIFUGO)


async def measure(rounds: int) -> Samples:
    """Return deliveries, ``by_processor`` and ``passed`` a second, and the p99s of delivery; the servers take turns.

    Half of what one of ``_PEERS`` can do is a pace that it keeps, and chatsrv after it.
    """
    found, paces = Samples(), dict[str, float]()
    for _ in range(rounds):
        # Ours goes last: it keeps the paces of the others.
        for name, start in servers(*_PEERS, STOCK, OURS).items():
            server = start()
            try:
                bursts, single = await _bursts(server)
                found.add(name, **bursts)
                if name in _PEERS:
                    paces.setdefault(name, single * 2)
                kept = paces if name == OURS else {name: paces[name]} if name in _PEERS else {}
                for whose, pace in kept.items():
                    found.add(
                        name, **{f"{what} {whose}": value for what, value in (await _paced(server, pace)).items()}
                    )
            finally:
                server.stop()
    return found


async def _bursts(server: Server) -> tuple[dict[str, float], float]:
    """Return what bursts came to, and the processor seconds of one event by itself."""
    async with _session(server) as http:
        stage = await prepare(server, http)
        room, event = stage.room(MEMBERS), stage.event(http)
        await room.fill(server.port)
        room.forget()
        for _ in range(10):
            await event()
            await room.everyone_gets(1)
        with watched(server) as single:
            for _ in range(20):
                await event()
                await room.everyone_gets(1)
        with watched(server) as spent:
            for _ in range(BURSTS):
                await asyncio.gather(*(event() for _ in range(EVENTS)))
                await room.everyone_gets(EVENTS)
        room.check(30 + BURSTS * EVENTS)
        room.empty()
    deliveries = BURSTS * EVENTS * MEMBERS
    rates = {"by_processor": deliveries / spent.processor, "passed": deliveries / spent.passed, "busy": spent.busy}
    return rates, single.processor / 20


async def _paced(server: Server, pace: float) -> dict[str, float]:
    """Return the p99 of delivery when an event is sent every ``pace`` seconds."""
    async with _session(server) as http:
        stage = await prepare(server, http, name=f"anna{pace * 1e9:.0f}")
        room, event = stage.room(MEMBERS), stage.event(http)
        await room.fill(server.port)
        room.forget()
        posts = []
        with watched(server) as spent:
            begun = time.perf_counter()
            for number in range(PACED):
                await asyncio.sleep(max(0, begun + number * pace - time.perf_counter()))
                room.sent.append(time.perf_counter())
                posts.append(asyncio.create_task(event()))
            await asyncio.gather(*posts)
            await room.everyone_gets(PACED)
        room.empty()
    return {"pace": 1 / pace, "p99": quantiles(room.seconds, n=100)[98], "paced busy": spent.busy}


def _session(server: Server) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=EVENTS, keepalive_timeout=2)
    return aiohttp.ClientSession(f"http://127.0.0.1:{server.port}", connector=connector)


def _table(found: Samples) -> list[str]:
    rows = []
    for name in found:
        rates = [found.told(name, what, ",.0f") for what in ("by_processor", "passed")]
        rows.append([name, *rates, found.told(name, "busy", ".0%")])
    times = found.ratio(OURS, NODE, "by_processor")
    heads = "server | deliveries for a second of processor | deliveries a second | generator"
    return [
        f"## {EVENTS} events at once to {MEMBERS:,} members",
        "",
        *table(heads, rows),
        "",
        f"{times:.1f} times Node's by processor time: {wanted(times, least=4)}.",
        "",
        f"## The p99 of delivery to {MEMBERS:,} members, at half of what a peer can do",
        "",
        *table(
            "at half of what this one can do | events a second | its own | chatsrv's | generator | wanted",
            _paces(found),
        ),
        "",
        "What it can do is one event at a time on the whole of its core. chatsrv commits each message to disk first.",
        "",
    ]


def _paces(found: Samples) -> list[list[str]]:
    rows = []
    for peer in (name for name in _PEERS if name in found):
        target = reached(found.median(OURS, f"p99 {peer}") <= found.median(peer, f"p99 {peer}"))
        delays = [f"{found.told(name, f'p99 {peer}', '.1f', 1e3)} ms" for name in (peer, OURS)]
        busy = found.told(OURS, f"paced busy {peer}", ".0%")
        rows.append([peer, found.told(peer, f"pace {peer}", ".0f"), *delays, busy, f"at most the peer's: {target}"])
    return rows


def _charts(found: Samples) -> list[Chart]:
    title = f"{EVENTS} events at once to {MEMBERS:,}: deliveries for a second of processor (more is better)"
    charts = [Chart(title, found.ours_first("by_processor"))]
    for peer in (name for name in _PEERS if name in found):
        title = f"p99 of delivery at half of what {peer} can do, milliseconds (less is better)"
        charts.append(Chart(title, found.ours_first(f"p99 {peer}", 1e3), ".1f"))
    return charts


def _promises(found: Samples) -> list[Promise]:
    times = found.ratio(OURS, NODE, "by_processor")
    burst = Promise(f"deliveries of {EVENTS} events at once, for a second of processor", NODE, times, least=4)
    delays = {name: f"p99 {name}" for name in _PEERS if name in found}
    what = "p99 of delivery at half of the peer's capacity"
    return [
        burst,
        *(
            Promise(what, name, found.median(OURS, p99) / found.median(name, p99), most=1)
            for name, p99 in delays.items()
        ),
    ]


MEASUREMENT = Measurement("bursts", measure, _table, _charts, _promises, minutes=8)
