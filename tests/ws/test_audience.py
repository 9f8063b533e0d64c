"""The audience of a stream: what the members of a crowd cost each other."""

import sys
from collections import Counter

from chatsrv.measures import Pushes
from tests.ws.raw import limits
from ws.audience import Audience, Connection
from ws.engine import NORMAL, Socket
from ws.engine_server import EngineServer
from ws.protocol import remote_address


async def test_what_a_client_costs_that_has_caught_up_does_not_depend_on_how_many_others_still_wait():
    few, many = await calls(100), await calls(400)
    assert many <= 4.5 * few, (few, many)


async def calls(size: int) -> int:
    """Return how many calls it takes to let a crowd go on that waits for one stream."""
    eio = EngineServer(limits(), remote_address)
    audience = Audience("chat:1", Pushes())
    audience.begin(0)
    crowd = [Connection(Socket(eio, str(number)), number, "") for number in range(size)]
    for connection in crowd:
        audience.add(connection, hold=True)
    events: Counter[str] = Counter()
    sys.setprofile(lambda _, event, __: events.update((event,)))
    try:
        for connection in crowd:
            audience.release(connection)
    finally:
        sys.setprofile(None)
    for connection in crowd:
        connection.close(NORMAL, "")
    await eio.drain()
    return events["call"]
