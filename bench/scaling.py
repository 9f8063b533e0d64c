"""How chatsrv's cost grows with the members of a room, and with the streams that a client is in."""

from contextlib import AsyncExitStack

from bench import processes
from bench.measurement import Chart, Measurement, Promise, Samples, reached, table
from bench.rooms import on_stage, one_by_one, session
from bench.stages import prepare

MEMBERS = (100, 1_000, 4_000)
STREAMS, CLIENTS = (20, 200, 2_000), 200
_LIMITS = {"CHATS_PER_PERSON": "5000", "STREAMS_PER_CONNECTION": "5000", "SOCKET_BUFFER_BYTES": "4000000"}


async def measure_members(rounds: int) -> Samples:
    """Return the seconds of processor time a delivery, by the number of members; the numbers take turns."""
    found = Samples()
    for _ in range(rounds):
        for members in MEMBERS:
            server = processes.chatsrv()
            try:
                found.add(f"{members:,}", **await one_by_one(server, members))
            finally:
                server.stop()
    return found


async def measure_streams(rounds: int) -> Samples:
    """Return the seconds of a connect and of a delivery, by how many chats each client is in; they take turns."""
    found = Samples()
    async with AsyncExitStack() as stack:
        ready = {}
        for streams in STREAMS:
            server = processes.chatsrv(**{f"CHATSRV_LIMITS_{name}": value for name, value in _LIMITS.items()})
            stack.callback(server.stop)
            http = await stack.enter_async_context(session(server))
            ready[streams] = server, http, await prepare(server, http, chats=streams)
        for _ in range(rounds):
            for streams, (server, http, stage) in ready.items():
                found.add(f"{streams:,}", **await on_stage(server, http, stage, CLIENTS))
    return found


def _members(found: Samples) -> list[str]:
    rows = [_row(found, size, "whole") for size in found]
    return [
        "## A delivery, as a room grows",
        "",
        *table("members | microseconds a delivery | times that of the fewest | generator", rows),
        "",
        f"A delivery costs the same in a large room ({_flat(found, 'whole')}), so an event costs in proportion to",
        "its members.",
        "",
    ]


def _streams(found: Samples) -> list[str]:
    rows = [[*_row(found, size, "connect")[:-1], *_row(found, size, "whole")[1:]] for size in found]
    heads = "streams | microseconds a connect | times | microseconds a delivery | times | generator"
    least, *_, most = found
    grown = found.ratio(most, least, "connect")
    more = STREAMS[-1] / STREAMS[0]
    return [
        f"## A client, as it is in more streams: {CLIENTS} connections of one person",
        "",
        *table(heads, rows),
        "",
        f"A delivery costs the same ({_flat(found, 'whole')}). Joining costs at most in proportion: {grown:.1f} times",
        f"for {more:.0f} times the streams ({reached(grown <= more)}).",
        "",
    ]


def _row(found: Samples, size: str, what: str) -> list[str]:
    times = found.ratio(size, next(iter(found)), what)
    return [size, found.told(size, what, scale=1e6), f"{times:.2f}", found.told(size, "busy", ".0%")]


def _flat(found: Samples, what: str) -> str:
    promise = _same(found, what, "")
    return f"{promise.ratio:.2f} times, {promise.wanted()}"


def _same(found: Samples, what: str, told: str) -> Promise:
    least, *_, most = found
    return Promise(f"{told}{most}", f"{told}{least}", found.ratio(most, least, what), most=1.2)


def _promises(found: Samples) -> list[Promise]:
    return [_same(found, "whole", "a delivery, members: ")]


def _promises_of_streams(found: Samples) -> list[Promise]:
    least, *_, most = found
    grown, more = found.ratio(most, least, "connect"), STREAMS[-1] / STREAMS[0]
    delivery = _same(found, "whole", "a delivery, streams a client: ")
    return [delivery, Promise(f"a connect, streams: {most}", f"a connect, streams: {least}", grown, most=more)]


def _charts(found: Samples) -> list[Chart]:
    values = {f"chatsrv, {size} streams": [value * 1e6 for value in found.of(size, "connect")] for size in found}
    return [
        Chart("A connect, by the streams that the client is in: microseconds of processor (less is better)", values)
    ]


def _rooms(found: Samples) -> list[Chart]:
    values = {f"chatsrv, {size} members": [value * 1e6 for value in found.of(size, "whole")] for size in found}
    return [Chart("A delivery, by the members of the room: microseconds of processor (less is better)", values, ".2f")]


MEASUREMENTS = (
    Measurement("members", measure_members, _members, _rooms, _promises),
    Measurement("streams", measure_streams, _streams, _charts, _promises_of_streams, minutes=6),
)
