"""Who is blocked reaches one no more, later than a second after, on whatever transport one listens."""

import asyncio
import time

from tests.faults.clients import Clients, Seat
from tests.faults.crowds import TRANSPORTS, Crowd, crowd

SECOND = 1.0


async def test_on_one_server_a_block_holds_within_a_second(single, modules):
    async with crowd(single(), modules) as people:
        await nothing_later(people, modules)


async def test_on_two_servers_a_block_holds_within_a_second(pair, modules):
    async with crowd(pair, modules, writers=2, listeners=("websocket",)) as people:
        await nothing_later(people, modules)


async def nothing_later(people: Crowd, modules) -> None:
    """Let somebody block whoever goes on writing to them, and look at what they heard on every transport."""
    blocked, victim = people.writers[:2]
    opened = await blocked.post(f"user/{victim.nickname}/message", {"text": "hello"})
    room, doors = opened["conversation_id"], people.world.urls
    seats = [
        Seat(doors[place % len(doors)], name, victim.token, f"conversation:{room}", 0)
        for place, name in enumerate(TRANSPORTS * 2)
    ]
    clients = Clients(modules, seats)
    await clients.open()
    try:
        await clients.until(1)
        said = f"conversations/{room}/messages"
        assert {(await people.ask(said, {"text": "are you there?"})).status for _ in range(20)} == {200}
        # What is written at the very moment may come or not.
        insisting = [people.ask(said, {"text": "answer me!"}) for _ in range(20)]
        await asyncio.gather(victim.post(f"user/{blocked.nickname}/block", {}), *insisting)
        taken = time.time()
        while time.time() < taken + 2 * SECOND:
            assert (await people.ask(said, {"text": "why?"})).status == 403
        for heard in await clients.report():
            assert not heard["wrong"], heard["wrong"]
            assert heard["live"], "they are connected all the time"
            assert taken - 2 * SECOND < heard["heardAt"] / 1000 <= taken + SECOND, heard["heardAt"] / 1000 - taken
    finally:
        await clients.close()
