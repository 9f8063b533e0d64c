"""What every bus promises: to each node what it wants, in order; two nodes stand for two processes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.nodes import BUSES, Node, Nodes, nodes_on

Pair = tuple[Node, Node]


@pytest.fixture(params=BUSES)
async def nodes(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[Nodes]:
    """Open nodes of the same bus."""
    async with nodes_on(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
async def pair(nodes: Nodes) -> Pair:
    """Two nodes; of the bus of a single process both are the same one."""
    return await nodes.open(), await nodes.open()


async def test_what_is_published_arrives_where_it_is_wanted(pair):
    here, there = pair
    assert here.bus.hears
    await there.bus.subscribe("chat:1")
    payload = bytes(range(256))
    here.bus.publish("chat:1", payload)
    assert await there.next() == ("chat:1", payload)


async def test_a_node_hears_its_own_words_once_and_at_once(pair):
    here, there = pair
    await here.bus.subscribe("chat:1")
    await there.bus.subscribe("chat:1")
    here.bus.publish("chat:1", b"one")
    assert here.heard[-1] == ("chat:1", b"one")
    assert await there.next() == ("chat:1", b"one")
    there.bus.publish("chat:1", b"two")
    while ("chat:1", b"two") not in here.heard:
        await here.news()
    assert here.heard == [("chat:1", b"one"), ("chat:1", b"two")]


async def test_one_nodes_payloads_keep_their_order_on_every_channel_and_node(pair):
    here, there = pair
    for node in pair:
        await asyncio.gather(*(node.bus.subscribe(f"chat:{number}") for number in range(5)))
    for number in range(1000):
        here.bus.publish(f"chat:{number % 5}", str(number).encode())
    expected = [(f"chat:{number % 5}", str(number).encode()) for number in range(1000)]
    assert [await there.next() for _ in range(1000)] == expected
    assert here.heard[:1000] == expected or here is there


async def test_nothing_comes_from_a_channel_that_is_wanted_no_more(pair):
    here, there = pair
    await there.bus.subscribe("chat:1")
    await there.bus.subscribe("chat:2")
    await there.bus.unsubscribe("chat:1")
    here.bus.publish("chat:1", b"unwanted")
    here.bus.publish("chat:2", b"wanted")
    assert await there.next() == ("chat:2", b"wanted")


async def test_once_subscribed_nothing_is_missed_however_often_one_changes_ones_mind(pair):
    here, there = pair
    for number in range(20):
        subscribing = [asyncio.create_task(there.bus.subscribe(f"chat:{one}")) for one in range(50)]
        await asyncio.gather(*subscribing)
        here.bus.publish(f"chat:{number}", b"now")
        assert await there.next() == (f"chat:{number}", b"now")
        for one in range(50):
            await there.bus.unsubscribe(f"chat:{one}")


async def test_what_somebody_wants_is_wanted(pair):
    here, there = pair
    await there.bus.subscribe("chat:1")
    assert here.bus.wanted("chat:1")


async def test_an_alert_reaches_every_node(pair):
    pair[0].bus.alert()
    for node in pair:
        await node.restored(1)


async def test_a_closed_node_takes_no_part_and_may_be_closed_again(pair):
    here, _ = pair
    await here.bus.subscribe("chat:1")
    await here.bus.close()
    assert not here.bus.hears
    here.bus.publish("chat:1", b"x")
    here.bus.alert()
    await here.bus.close()
    assert here.heard == []


async def test_what_was_published_before_closing_is_sent(pair):
    here, there = pair
    if here.bus is there.bus:
        there.heard.clear()
    await there.bus.subscribe("chat:1")
    for number in range(500):
        here.bus.publish("chat:1", str(number).encode())
    if here.bus is not there.bus:
        await here.bus.close()
    assert [await there.next() for _ in range(500)] == [("chat:1", str(number).encode()) for number in range(500)]
