"""Many processes on one Redis: the same order for everybody, and nothing lost when Redis goes and comes back."""

import asyncio

import pytest
from redis.asyncio import Redis

from tests.attendees import Attendees
from tests.clients import PATIENCE, Browser, Person
from tests.within import within
from ws.bus_redis import RedisBus


async def readiness(person: Person, status: int) -> None:
    """Wait until the person's server answers so to /ready."""
    async with asyncio.timeout(PATIENCE):
        while (reply := await person.get("/ready")).status != status:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    if status == 503:
        assert reply.codes == {"UNAVAILABLE"}
        assert reply.body["global"][0]["d"] == "bus"


async def test_what_is_posted_on_any_process_arrives_on_every_other_in_the_same_order(pair, browser):
    lyova, anna, chat = pair
    pages = [await browser(lyova), await browser(anna), await browser(anna)]
    sent = await asyncio.gather(*(one.say(chat, str(number)) for number in range(50) for one in (lyova, anna)))
    for page in pages:
        heard = [(await page.next("message.new")) for _ in sent]
        numbers = [event["seq"] for event in heard]
        assert numbers == list(range(numbers[0], numbers[0] + 100))
        assert {event["data"]["id"] for event in heard} == {message["id"] for message in sent}


async def test_who_is_invited_or_excluded_elsewhere_hears_it_here(pair, person, browser):
    lyova, anna, chat = pair
    boris = await person("boris", anna.server)
    page = await browser(boris)
    await lyova.ok(f"/user/boris/invite/{chat}")
    await page.next("chat.joined", f"user:{boris.id}")
    await lyova.say(chat, "welcome")
    assert (await page.next("message.new"))["data"]["text"] == "welcome"
    await lyova.ok(f"/chats/{chat}/exclude/boris")
    await page.next("chat.left", f"user:{boris.id}")
    await lyova.say(chat, "between us")
    await lyova.ok("/user/boris/message", {"text": "sorry"})
    assert (await page.next("message.new"))["data"]["text"] == "sorry"


async def test_a_session_that_ends_elsewhere_is_closed_here(pair, browser):
    _, anna, _ = pair
    page = await browser(anna)
    await anna.ok("/user/logout")
    async with within(1):
        await page.gone.wait()


@pytest.mark.parametrize("end", ["kill", "freeze"])
async def test_while_redis_is_away_people_write_and_when_it_is_back_nothing_is_missing(cluster, pair, browser, end):
    lyova, anna, chat = pair
    near, far = await browser(lyova), await browser(anna)
    await lyova.say(chat, "before")
    for page in (near, far):
        assert (await page.next("message.new"))["data"]["text"] == "before"
    getattr(cluster.redis, end)()
    for one in (lyova, anna):
        await readiness(one, 503)
    texts = [str(number) for number in range(20)]
    for text in texts:
        await lyova.say(chat, text)
    # Members of the same process hear each other all the while.
    assert [(await near.next("message.new"))["data"]["text"] for _ in texts] == texts
    assert [name for name, _ in far.received if name == "message.new"] == []
    cluster.redis.start() if end == "kill" else cluster.redis.thaw()
    assert [(await far.next("message.new"))["data"]["text"] for _ in texts] == texts
    for one in (lyova, anna):
        await readiness(one, 200)
    await anna.say(chat, "after")
    for page in (near, far):
        assert (await page.next("message.new"))["data"]["text"] == "after"


async def test_who_may_hear_what_is_looked_at_afresh_when_redis_is_back(cluster, pair, person, browser):
    lyova, anna, chat = pair
    boris, vera = await person("boris", anna.server), await person("vera", anna.server)
    await lyova.ok(f"/user/boris/invite/{chat}")
    excluded, invited, ended = await browser(boris), await browser(vera), await browser(anna)
    # Anna has only one session, and its end is told by the other server's words alone.
    elsewhere = Person(lyova.server, "anna")
    elsewhere.token = anna.token
    cluster.redis.kill()
    await readiness(lyova, 503)
    await lyova.ok(f"/chats/{chat}/exclude/boris")
    await lyova.ok(f"/user/vera/invite/{chat}")
    await elsewhere.ok("/user/logout")
    await elsewhere.close()
    cluster.redis.start()
    async with asyncio.timeout(PATIENCE):
        await ended.gone.wait()
    await invited.next("chat.joined", f"user:{vera.id}")
    await excluded.next("chat.left", f"user:{boris.id}")
    await lyova.say(chat, "between us")
    while (await invited.next("message.new"))["data"]["text"] != "between us":
        pass
    await lyova.ok("/user/boris/message", {"text": "sorry"})
    assert (await excluded.next("message.new"))["data"]["text"] == "sorry"


async def test_a_server_starts_without_redis_and_is_live_when_it_comes(cluster, person, browser):
    cluster.redis.kill()
    lyova = await person("lyova", await cluster.server())
    anna = await person("anna", await cluster.server())
    await readiness(lyova, 503)
    chat = await lyova.chat(anna)
    page = await browser(anna)
    cluster.redis.start()
    await readiness(lyova, 200)
    await lyova.say(chat, "hello")
    assert (await page.next("message.new"))["data"]["text"] == "hello"


async def test_forged_events_are_not_believed_beyond_what_storage_holds(cluster, pair, browser):
    lyova, anna, chat = pair
    page = await browser(anna)
    forged = b"f" * 16 + b' 9007199254740992 42["message.new",{"stream":"x"}]'
    async with Redis.from_url(cluster.redis.url, protocol=2) as stranger:
        assert await stranger.publish(f"chatsrv:0:chat:{chat}", forged) == 1
        for text in ("one", "two"):
            await lyova.say(chat, text)
            assert (await page.next("message.new"))["data"]["text"] == text
        for poison in (b' 5 42["message.new",{"text":"cut', b" - [", b" ! []", b' ! ["admit",1,"chat:1",1e99]'):
            await stranger.publish(f"chatsrv:0:chat:{chat}", b"f" * 16 + poison)
    await lyova.say(chat, "three")
    assert (await page.next("message.new"))["data"]["text"] == "three"
    assert "message.new" not in [name for name, _ in page.received]


async def test_a_person_is_online_while_they_have_a_connection_to_any_process(pair, browser):
    lyova, anna, chat = pair
    watching = await browser(anna)
    here, there = await browser(lyova), Browser(Person(anna.server, "lyova"))
    there.person.token = lyova.token
    while (seen := (await watching.next("presence"))["data"])["nickname"] != "lyova":
        pass
    assert seen["online"] is True
    await there.connect()
    await here.close()
    await lyova.say(chat, "still here")
    await watching.next("message.new")
    assert [body for name, body in watching.received if name == "presence"] == []
    for one in (lyova, anna):
        assert (await one.read("/user/lyova/details"))["online"] is True
        users = await one.read(f"/chats/{chat}/users")
        assert {user["nickname"]: user["online"] for user in users} == {"lyova": True, "anna": True}
    await there.close()
    await there.person.close()
    gone = (await watching.next("presence"))["data"]
    assert (gone["nickname"], gone["online"]) == ("lyova", False)
    assert (await lyova.read("/user/lyova/details"))["online"] is False


async def test_what_a_dead_process_committed_and_never_pushed_is_sent_by_the_others(
    cluster, pair, browser, monkeypatch
):
    lyova, anna, chat = pair
    page = await browser(anna)
    process = Attendees(cluster.redis)
    await process.process(42)
    with monkeypatch.context() as patch:
        patch.setattr(RedisBus, "publish", lambda *_: None)
        await lyova.say(chat, "committed")
    await process.close()
    assert (await page.next("message.new"))["data"]["text"] == "committed"
