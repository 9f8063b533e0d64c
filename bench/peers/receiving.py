"""A process that hears a stream over Redis for members who are not there, and says what an event costs before them."""

import asyncio
import sys
import time
from typing import Any, cast

import uvloop

from ws import Pace, open_bus
from ws.audience import Connection
from ws.bus import Bus
from ws.engine import Socket
from ws.fanout import Fanout
from ws.packets import Packet
from ws.replays import Reader
from ws.review import Review

STREAM = "chat:1"


class NoSocket:
    """Takes what a socket takes, and drops it."""

    def write(self, packet: Packet) -> None:
        """Drop it."""


class Timed(Fanout):
    """A fan-out that knows how long it took itself."""

    spent = 0.0
    received = 0

    def _receive(self, channel: str, payload: bytes) -> None:
        before = time.thread_time()
        super()._receive(channel, payload)
        self.spent += time.thread_time() - before
        self.received += 1


class NothingYet:
    """Storage in which no stream has begun."""

    async def head(self, stream: str) -> int:
        """Return the stream's number."""
        return 0


async def main(url: str, members: int) -> None:
    """Add the members; answer each line with processor seconds before the fan-out, within it, and the events so far."""
    bus: Bus = open_bus(url, Pace())
    fanout = Timed(bus, repair_seconds=1)
    await fanout.open(cast(Reader, NothingYet()), cast(Review, None))
    for person in range(members):
        connection = Connection(cast(Socket, NoSocket()), person, "")
        await fanout.add(connection, [STREAM])
        fanout.release(connection, [STREAM])
    print("listening on :1", flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(time.process_time() - fanout.spent, fanout.spent, fanout.received, flush=True)


arguments: list[Any] = sys.argv[1:]
uvloop.run(main(arguments[0], int(arguments[1])))
