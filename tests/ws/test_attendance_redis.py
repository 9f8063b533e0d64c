"""Who is online when processes die, stall, or lose Redis; the processes are real ones."""

import asyncio
import signal

import pytest
from redis.asyncio import Redis

from chatsrv.services.attendance import Attendance
from tests.attendees import GONE, Attendees, attendees_on
from tests.clients import PATIENCE
from tests.nodes import PACE, until
from tests.within import within
from ws.attendance_scripts import BEAT

LYOVA, ANNA, BORIS = 1, 2, 3


@pytest.fixture
async def attendees(tmp_path):
    async with attendees_on("redis", tmp_path) as opened:
        yield opened


async def found(one: Attendance, people: set[int]) -> None:
    """Wait until all of these are online, as far as this process knows."""
    async with asyncio.timeout(PATIENCE):
        while await one.online(people) != people:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_people_of_a_killed_process_are_offline_for_the_others_within_the_limit(attendees: Attendees):
    here, there = await attendees.open(), await attendees.open()
    process = await attendees.process(LYOVA, ANNA)
    await here.arrive(ANNA)
    assert await there.online([LYOVA, ANNA]) == {LYOVA, ANNA}
    process.kill()
    async with within(GONE + 1):
        await until(lambda: all(attendees.told) or (LYOVA, False) in attendees.told[0] + attendees.told[1])
    assert await there.online([LYOVA, ANNA]) == {ANNA}
    # One survivor tells of each of them, and only of those who are nowhere now.
    assert attendees.told[0] + attendees.told[1] == [(LYOVA, False)]
    assert sum(attendees.deaths) == 1


async def test_of_many_survivors_each_departed_is_told_by_one_and_nothing_is_left_on_redis(attendees: Attendees):
    here = await attendees.open()
    others = [await attendees.open() for _ in range(3)]
    crowd = set(range(10, 4010))
    process = await attendees.process(*crowd)
    assert await here.online(crowd) == crowd
    process.kill()
    await until(lambda: sum(map(len, attendees.told)) >= len(crowd))
    assert sorted(person for told in attendees.told for person, _ in told) == sorted(crowd)
    assert await others[0].online(crowd) == set()
    async with Redis.from_url(attendees.url, protocol=2) as client:
        assert await client.keys("chatsrv:at:*") + await client.keys("chatsrv:here:*") == []


async def test_a_process_that_only_stalled_brings_its_people_back(attendees: Attendees):
    here = await attendees.open()
    process = await attendees.process(LYOVA)
    process.send_signal(signal.SIGSTOP)
    await until(lambda: (LYOVA, False) in attendees.told[0])
    assert await here.online([LYOVA]) == set()
    process.send_signal(signal.SIGCONT)
    await found(here, {LYOVA})


async def test_so_does_one_that_beats_again_while_its_people_are_being_forgotten(attendees: Attendees):
    here, there = [await attendees.open(gone_seconds=60) for _ in range(2)]  # nobody else takes them for dead
    crowd = set(range(10, 3010))
    await asyncio.gather(*(here.arrive(person) for person in crowd))
    async with Redis.from_url(attendees.url, protocol=2) as client:
        # To one for whom nobody beats soon enough both are dead, and a thousand of the people are forgotten.
        gone = (await client.eval(BEAT, 0, "impatient", -1))[4:]
        assert 1000 <= len(gone) < len(crowd)
    await found(there, crowd)


async def test_who_comes_while_too_much_waits_for_redis_is_seen_by_the_others_afterwards(attendees: Attendees):
    here, there = await attendees.open(PACE._replace(queue=100)), await attendees.open()
    crowd = set(range(10, 1010))
    await asyncio.gather(*(here.arrive(person) for person in crowd))
    await found(there, crowd)


async def test_after_redis_lost_everything_everyone_writes_themselves_down_again(attendees: Attendees):
    here, there = await attendees.open(), await attendees.open()
    await here.arrive(LYOVA)
    await there.arrive(ANNA)
    async with Redis.from_url(attendees.url, protocol=2) as client:
        await client.flushall()
    for one in (here, there):
        await found(one, {LYOVA, ANNA})
    assert not await there.arrive(LYOVA)
    assert await here.depart(LYOVA) is False
    assert await there.depart(LYOVA)


@pytest.mark.parametrize("end", ["kill", "freeze"])
async def test_without_redis_each_process_knows_its_own_and_afterwards_all_is_told_right(attendees: Attendees, end):
    here, there = await attendees.open(), await attendees.open()
    await here.arrive(LYOVA)
    await there.arrive(LYOVA)
    await there.arrive(BORIS)
    getattr(attendees.redis, end)()
    async with asyncio.timeout(2 * PACE.deaf_seconds + 1):
        assert await here.depart(LYOVA)
        assert await here.arrive(ANNA)
        assert await here.online([ANNA, LYOVA, BORIS]) == {ANNA}
    attendees.redis.start() if end == "kill" else attendees.redis.thaw()
    # Lyova was taken for gone here, but is still connected there: that is told when it can be known.
    await until(lambda: {(LYOVA, True), (ANNA, True)} <= set(attendees.told[0]))
    assert (LYOVA, False) not in attendees.told[0] + attendees.told[1]
    await found(there, {LYOVA, ANNA, BORIS})
    assert await there.depart(LYOVA)


async def test_it_opens_without_redis(attendees: Attendees):
    attendees.redis.kill()
    here = await attendees.open()
    assert await here.arrive(LYOVA)
    assert await here.online([LYOVA, ANNA]) == {LYOVA}
    attendees.redis.start()
    there = await attendees.open()
    await found(there, {LYOVA})
    assert await here.depart(LYOVA)


async def test_a_process_that_closes_is_not_taken_for_dead(attendees: Attendees):
    await attendees.open()
    process = await attendees.process(LYOVA)
    process.stdin.close()
    assert await asyncio.to_thread(process.wait, 5) == 0
    async with Redis.from_url(attendees.url, protocol=2) as client:
        assert await client.zcard("chatsrv:live") == 1
    assert attendees.deaths == [0]
