"""What every attendance promises; two nodes stand for two processes, of a single one both are the same."""

import asyncio

import pytest

from tests.attendees import attendees_on
from tests.clients import PATIENCE
from tests.nodes import BUSES

LYOVA, ANNA, BORIS = 2**53 - 1, 2, 3


@pytest.fixture(params=BUSES)
async def attendees(request, tmp_path):
    async with attendees_on(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
async def pair(attendees):
    return await attendees.open(), await attendees.open()


async def test_the_first_connection_anywhere_and_the_last_are_news(pair):
    here, there = pair
    assert await here.arrive(LYOVA)
    assert not await there.arrive(LYOVA)
    assert not await here.arrive(LYOVA)
    assert not await here.depart(LYOVA)
    assert not await here.depart(LYOVA)
    assert await there.online([LYOVA]) == {LYOVA}
    assert await there.depart(LYOVA)
    assert await there.online([LYOVA]) == set()
    assert await here.arrive(LYOVA)


async def test_people_are_online_wherever_they_are_connected(pair):
    here, there = pair
    await here.arrive(LYOVA)
    await there.arrive(ANNA)
    for one in pair:
        assert await one.online([LYOVA, ANNA, BORIS]) == {LYOVA, ANNA}
        assert await one.online(iter([])) == set()
    many = range(10, 5010)
    await asyncio.gather(*(here.arrive(person) for person in many))
    # A process that stalls meanwhile is taken for dead, and brings its people back.
    async with asyncio.timeout(PATIENCE):
        while await there.online(many) != set(many):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_of_many_connections_at_once_one_is_first_and_one_is_last(pair):
    for move in ("arrive", "depart"):
        news = await asyncio.gather(*(getattr(one, move)(LYOVA) for _ in range(20) for one in pair))
        assert sum(news) == 1


async def test_whoever_is_at_a_closed_process_is_there_no_more(pair):
    here, there = pair
    await here.arrive(LYOVA)
    await here.close()
    await here.close()
    assert await there.online([LYOVA]) == set()
