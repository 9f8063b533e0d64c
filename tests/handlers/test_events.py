"""School events and banners: put up by moderators, live for everybody; each is told of once."""

import asyncio

import pytest

from tests.school import appoint, told

EVENT = {"name": "Prom", "description": "With\ndances", "place": "Hall", "starts": "2027-06-25T18:00:00+03:00"}
BANNER = {"type": "warning", "title": "No lessons", "content": "It is -30 outside"}


async def test_an_event_is_live_and_every_reader_is_notified_once_in_their_language(person, browser):
    lyova, anna, judge = [await person(name) for name in ("lyova", "anna", "judge")]
    await appoint(judge)
    await anna.ok("/notifications/settings", {"language": "en"})
    pages = [await browser(lyova), await browser(anna)]
    made = await judge.ok("/events", EVENT)
    assert made["starts"] == "2027-06-25T15:00:00.000Z"
    for page in pages:
        heard = await page.next("event.new", "news")
        assert (heard["data"], heard["seq"]) == (made, made["seq"])
        notified = (await page.next("notification.new"))["data"]
        assert (notified["type"], notified["data"]) == (2, {"name": "Prom", "event_id": made["id"]})
    assert await told(lyova) == [("event", "Добавлено новое школьное событие - Prom")]
    assert await told(anna) == [("event", "There is a new school event - Prom")]
    assert await lyova.read(f"/events/{made['id']}") == made
    assert await lyova.read("/events/page/1") == [made]


async def test_an_event_is_changed_and_removed_live(person, browser):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    page = await browser(lyova)
    made = await judge.ok("/events", EVENT)
    edited = await judge.ok(f"/events/{made['id']}/edit", {"place": "Yard", "starts": None})
    assert (edited["place"], edited["starts"], edited["name"]) == ("Yard", None, "Prom")
    assert (await page.next("event.edited"))["data"] == edited
    assert await lyova.read("/events/page/1") == [edited]
    reply = await judge.ask("DELETE", f"/events/{made['id']}")
    assert reply.status == 200
    gone = (await page.next("event.deleted"))["data"]
    assert (gone["deleted"], gone["name"], gone["description"]) == (True, "", "")
    assert await lyova.read("/events/page/1") == []
    for again in (await lyova.get(f"/events/{made['id']}"), await judge.post(f"/events/{made['id']}/edit", {})):
        assert again.codes == {"NO_SUCH_EVENT"}


async def test_what_of_the_news_was_missed_is_resumed(person, browser):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    head = (await lyova.ok("/sync", {}))["streams"]["news"]["head"]
    first, second = await judge.ok("/events", EVENT), await judge.ok("/events", EVENT | {"name": "Ball"})
    hidden = await judge.ok("/banners", BANNER | {"active": False})
    await judge.ask("DELETE", f"/events/{first['id']}")
    page = await browser(lyova)
    answer = await page.call("resume", {"streams": {"news": head}})
    assert answer["streams"]["news"] == {"recovered": True, "head": head + 4}
    assert (await page.next("event.new"))["data"] == second
    banner = (await page.next("banner.new"))["data"]
    assert banner == hidden | {"type": "", "title": "", "content": ""}
    assert (await page.next("event.deleted"))["data"]["id"] == first["id"]


async def test_a_retry_announces_once(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    key = {"headers": {"Idempotency-Key": "once"}}
    assert await judge.ok("/events", EVENT, **key) == await judge.ok("/events", EVENT, **key)
    assert len(await lyova.read("/events/page/1")) == 1


async def test_whoever_goes_on_with_an_announcement_tells_nobody_twice(person, services, browser):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    page = await browser(lyova)
    made = await judge.ok("/events", EVENT)
    await page.next("notification.new")
    once = f"event:{made['id']}"
    await services.storage.update("announcements", once, {"done": False, "after": 0, "until": 0})
    await asyncio.gather(*(services.errands.do_all() for _ in range(3)))
    assert (await services.storage.get("announcements", once))["done"]
    assert len(await told(lyova)) == 1


async def test_an_event_that_nobody_announced_is_announced_by_the_errands(person, services, browser):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    page = await browser(lyova)
    teacher = await services.people.get(judge.id)
    fields = {"name": "Prom", "description": "", "place": "", "starts": None}
    # What a process leaves that dies between putting the event up and announcing it.
    await services.events.board.put(teacher, fields)
    assert await told(lyova) == []
    await asyncio.gather(services.errands.do_all(), services.errands.do_all())
    await page.next("notification.new")
    assert await told(lyova) == [("event", "Добавлено новое школьное событие - Prom")]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/events", {}, "name:REQUIRED_FIELD"),
        ("/events", {"name": "x" * 201}, "name:TOO_LONG"),
        ("/events", {"name": "x", "starts": "tomorrow"}, "starts:WRONG_TYPE"),
        ("/events", {"name": "x", "starts": "2027-06-25T18:00:00"}, "starts:WRONG_TYPE"),
        ("/events", {"name": "x", "starts": "0001-01-01T00:00:00Z"}, "starts:OUT_OF_RANGE"),
        ("/banners", {}, "title:REQUIRED_FIELD"),
        ("/banners", {"title": "x", "type": "<script>"}, "type:OUT_OF_RANGE"),
        ("/banners", {"title": "x", "active": 1}, "active:WRONG_TYPE"),
    ],
)
async def test_what_is_wrong_is_not_put_up(person, path, body, code):
    judge = await appoint(await person("judge"))
    assert code in (await judge.post(path, body)).codes
    assert await judge.read(f"{path}/page/1") == []


async def test_a_banner_is_seen_by_everybody_while_it_is_active(person, browser):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    page = await browser(lyova)
    draft = await judge.ok("/banners", BANNER | {"active": False})
    heard = (await page.next("banner.new"))["data"]
    assert (heard["active"], heard["title"], heard["content"]) == (False, "", "")
    assert await lyova.read("/banners/active") == []
    assert await judge.read("/banners/page/1") == [draft]
    shown = await judge.ok(f"/banners/{draft['id']}/edit", {"active": True})
    assert shown["title"] == BANNER["title"]
    assert (await page.next("banner.edited"))["data"] == shown
    assert await lyova.read("/banners/active") == [shown]
    await judge.ok(f"/banners/{draft['id']}/edit", {"active": False})
    assert (await page.next("banner.edited"))["data"]["title"] == ""
    assert await lyova.read("/banners/active") == []
    await judge.ask("DELETE", f"/banners/{draft['id']}")
    assert (await page.next("banner.deleted"))["data"]["deleted"]
    assert await judge.read("/banners/page/1") == []


async def test_a_student_reads_no_draft_and_puts_nothing_up(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    draft = await judge.ok("/banners", BANNER | {"active": False})
    for path in ("/banners", f"/banners/{draft['id']}/edit", "/events"):
        assert (await lyova.post(path, BANNER | EVENT)).codes == {"FORBIDDEN"}
    assert (await lyova.get("/banners/page/1")).codes == {"FORBIDDEN"}
    assert (await lyova.ask("DELETE", f"/banners/{draft['id']}")).codes == {"FORBIDDEN"}
    # A banner is no event, an event no banner.
    assert (await judge.ask("DELETE", f"/events/{draft['id']}")).codes == {"NO_SUCH_EVENT"}
    assert (await lyova.get(f"/events/{draft['id']}")).codes == {"NO_SUCH_EVENT"}
    assert await judge.read("/banners/page/1") == [draft]


async def test_pages_of_events_stay_exact_while_new_ones_come(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    made = [await judge.ok("/events", EVENT | {"name": str(number)}) for number in range(27)]
    first = await lyova.get("/events/page/1")
    assert first.headers["Link"] == '</events/page/2>; rel="next"'
    assert [one["name"] for one in first.body] == [str(number) for number in range(26, 1, -1)]
    await judge.ok("/events", EVENT)
    rest = await lyova.read(f"/events/page/1?before={made[2]['id']}")
    assert [one["name"] for one in rest] == ["1", "0"]
    assert len(await lyova.read("/events/page/2")) == 3
    assert await lyova.read("/events/page/1000000000") == []
