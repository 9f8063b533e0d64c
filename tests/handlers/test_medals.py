"""Medals: given by moderators, seen by everybody, told to whom they are given."""

import pytest

from tests.school import appoint, told

GOLD = {"user": "lyova", "type": "золотую", "title": "Olympiad", "description": "First\nplace"}


async def test_who_gets_a_medal_is_told_at_once_and_everybody_sees_it(person, browser):
    lyova, anna, judge = [await person(name) for name in ("lyova", "anna", "judge")]
    await appoint(judge)
    page = await browser(lyova)
    given = await judge.ok("/medals", GOLD)
    assert (given["user"]["nickname"], given["type"]) == ("lyova", "золотую")
    heard = (await page.next("notification.new"))["data"]
    assert (heard["type"], heard["text"]) == (3, "Вы получили новую золотую медаль!")
    assert heard["data"] == {"type": "золотую", "title": "Olympiad", "medal_id": given["id"]}
    for path in ("/medals/page/1", "/user/lyova/medals/page/1"):
        assert await anna.read(path) == [given]
    assert await anna.read("/user/anna/medals/page/1") == []
    assert await told(anna) == []


async def test_a_medal_is_changed_and_taken_back(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    given = await judge.ok("/medals", GOLD)
    edited = await judge.ok(f"/medals/{given['id']}/edit", {"type": "серебряную", "holder": 1, "user": "judge"})
    assert edited == given | {"type": "серебряную"}
    assert await lyova.read("/user/lyova/medals/page/1") == [edited]
    assert (await judge.ask("DELETE", f"/medals/{given['id']}")).status == 200
    assert await lyova.read("/medals/page/1") == []
    assert (await judge.ask("DELETE", f"/medals/{given['id']}")).codes == {"NO_SUCH_MEDAL"}
    assert (await judge.post(f"/medals/{given['id']}/edit", {"type": "x"})).codes == {"NO_SUCH_MEDAL"}


async def test_a_retry_gives_one_medal(person):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    key = {"headers": {"Idempotency-Key": "once"}}
    assert await judge.ok("/medals", GOLD, **key) == await judge.ok("/medals", GOLD, **key)
    assert len(await lyova.read("/medals/page/1")) == len(await told(lyova)) == 1


async def test_who_died_after_giving_is_told_for_once_and_no_medal_is_told_late(person, services):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    unheard = await judge.ok("/medals", GOLD)
    await services.storage.update("medals", unheard["id"], {"told": False})
    await lyova.ok("/notifications/settings", {"kinds": {"medal": False}})
    await judge.ok("/medals", GOLD)
    await lyova.ok("/notifications/settings", {"kinds": {"medal": True}})
    await services.errands.do_all()
    assert [one["data"]["medal_id"] for one in await lyova.read("/notifications/page/1")] == [unheard["id"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "gold"}, "user:REQUIRED_FIELD"),
        ({"user": "lyova"}, "type:REQUIRED_FIELD"),
        ({"user": "lyova", "type": "x" * 51}, "type:TOO_LONG"),
        ({"user": "nobody", "type": "gold"}, "NO_SUCH_USER"),
    ],
)
async def test_a_wrong_medal_is_not_given(person, body, code):
    lyova, judge = await person("lyova"), await appoint(await person("judge"))
    assert code in (await judge.post("/medals", body)).codes
    assert (await lyova.post("/medals", GOLD)).codes == {"FORBIDDEN"}
    assert await lyova.read("/medals/page/1") == []
