"""Whatever the network does, what was acknowledged is there once, in order, at every client on every transport."""

import asyncio

import aiohttp
import pytest

from tests.faults import networks
from tests.faults.crowds import crowd
from tests.faults.proxy import proxies

IMPATIENT = {"ack_patience": 0.5}


async def test_delays_cuts_splits_repeats_and_overtaking_lose_and_double_nothing(single, modules):
    world = single()
    async with proxies(world.urls) as doors, crowd(world, modules, through=[doors[0].url], **IMPATIENT) as people:
        world.front = doors[0].url
        async with people.writing(pause=0.05):
            await networks.bad_weather(people, doors)
        world.front = ""
        await people.check()
        assert doors[0].cut > 0
        assert doors[0].repeated > 0


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
            while (await people.writers[0].get(f"user/{people.writers[1].nickname}/details"))["online"]:
                await asyncio.sleep(0.1)


async def test_ten_times_the_normal_reconnects_cost_nobody_anything(single, modules):
    world = single()
    everybody = ("polling", "websocket", "polling+websocket") * 14
    async with proxies(world.urls) as doors, crowd(world, modules, listeners=everybody, through=[doors[0].url]) as them:
        async with them.writing(pause=0.1):
            await networks.storm(them, doors)
        await them.check()
        assert all(one["returns"] >= 5 for one in await them.clients.report())


@pytest.mark.parametrize("copies", [8])
async def test_an_impatient_client_posts_once(single, modules, copies):
    async with crowd(single(), modules) as people, aiohttp.ClientSession() as http:
        writer = people.writers[0]
        url = f"{people.world.urls[0]}{people.path}"
        for number in range(50):
            headers = {"Authorization": f"Bearer {writer.token}", "Idempotency-Key": f"impatient {number}"}
            requests = [http.post(url, json={"text": f"{number}"}, headers=headers) for _ in range(copies)]
            replies = await asyncio.gather(*requests)
            answers = [await reply.json() for reply in replies if reply.status == 200]
            assert {reply.status for reply in replies} <= {200, 409}
            assert len({answer["id"] for answer in answers}) == 1
            await people.took(answers[0])
        await people.check()
