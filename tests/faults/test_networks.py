"""Whatever the network does, what was acknowledged is there once, in order, at every client on every transport."""

import asyncio
from typing import Any

from tests.faults import networks, soak
from tests.faults.crowds import TRANSPORTS, crowd
from tests.faults.proxy import proxies

IMPATIENT: dict[str, Any] = {"ack_patience": 0.5, "repeats": True}


async def test_delays_cuts_splits_repeats_and_overtaking_lose_and_double_nothing(single, modules):
    world = single()
    async with proxies(world.urls) as doors, crowd(world, modules, through=[doors[0].url], **IMPATIENT) as people:
        world.front = doors[0].url
        async with people.writing(pause=0.05):
            await networks.bad_weather(people, doors)
        world.front = ""
        await people.check()
        assert doors[0].cut > 0
        assert min(doors[0].repeated, doors[0].asked_twice, doors[0].told_twice) > 0


async def test_the_same_between_two_servers(pair, modules):
    doors = proxies([server.url for server in pair.servers])
    async with doors as opened, crowd(pair, modules, through=[one.url for one in opened], **IMPATIENT) as people:
        await networks.bad_weather(people, opened)
        await people.check()


async def test_half_open_connections_are_noticed_by_both_ends(single, modules):
    world = single(push_ping_interval_seconds="1", push_ping_timeout_seconds="1")
    async with proxies(world.urls) as doors, crowd(world, modules, through=[doors[0].url]) as people:
        async with people.writing(pause=0.1):
            await networks.silence(people, doors)
        await people.check()
        # Those of the other end are gone too: nobody but the clients that came back is there.
        await people.clients.close()
        async with asyncio.timeout(10):
            while await people.online(people.writers[1]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def test_ten_times_the_normal_reconnects_cost_nobody_anything(single, modules):
    # An official client whose WebSocket breaks in the middle of its upgrade stands still until the ping is overdue.
    world = single(push_ping_interval_seconds="2", push_ping_timeout_seconds="2")
    everybody = TRANSPORTS * 10
    async with proxies(world.urls) as doors, crowd(world, modules, listeners=everybody, through=[doors[0].url]) as them:
        async with them.writing(pause=0.1):
            await networks.storm(them, doors, times=3)
            them.look()
            await networks.storm(them, doors)
        await them.check()


async def test_an_impatient_client_posts_once(single, modules, monkeypatch):
    monkeypatch.setattr(soak, "KEYS", 100)
    said: list[str] = []
    await soak.retries(single(), 1, said.append)
    assert "none double" in said[0]


async def test_an_impatient_client_of_two_servers_posts_once(pair, modules, monkeypatch):
    monkeypatch.setattr(soak, "KEYS", 10)
    said: list[str] = []
    await soak.retries(pair, 1, said.append)
    assert "40 retries of 10 messages" in said[0]
