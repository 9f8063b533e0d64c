"""Groups: people under a name and a colour, a chat in one call, words to all of them."""

import asyncio

import pytest

from chatsrv.security import Role
from tests.clients import Person
from tests.school import appoint, told


@pytest.fixture
async def school(person) -> dict[str, Person]:
    people = {name: await person(name) for name in ("lyova", "anna", "boris", "judge")}
    await appoint(people["judge"])
    return people


async def everyone(judge, group):
    return sorted(one["nickname"] for one in await judge.read(f"/groups/{group}/users/page/1"))


async def test_a_group_has_a_name_a_colour_and_people(school):
    lyova, judge = school["lyova"], school["judge"]
    made = await judge.ok("/groups", {"name": "5b", "color": "#1E90FF", "users": ["lyova", "anna", "lyova"]})
    assert made == {"id": made["id"], "name": "5b", "color": "#1e90ff", "members": 2, "chat_id": 0}
    assert await lyova.read("/groups/own") == await judge.read("/groups/page/1") == [made]
    edited = await judge.ok(f"/groups/{made['id']}/edit", {"color": "#ffffff", "members": 7, "chat": 1})
    assert edited == made | {"color": "#ffffff"}
    assert (await judge.ok(f"/groups/{made['id']}/add", {"users": ["boris", "anna"]}))["members"] == 3
    assert (await judge.ok(f"/groups/{made['id']}/remove", {"users": ["lyova", "judge"]}))["members"] == 2
    assert await everyone(judge, made["id"]) == ["anna", "boris"]
    assert await lyova.read("/groups/own") == []
    assert (await judge.ask("DELETE", f"/groups/{made['id']}")).status == 200
    assert await school["anna"].read("/groups/own") == await judge.read("/groups/page/1") == []
    assert (await judge.post(f"/groups/{made['id']}/chat")).codes == {"NO_SUCH_GROUP"}


async def test_names_of_groups_are_taken_once(school):
    judge = school["judge"]
    first, second = await judge.ok("/groups", {"name": "5b"}), await judge.ok("/groups", {"name": "6b"})
    assert (await judge.post("/groups", {"name": "5B"})).codes == {"name:GROUP_NAME_TAKEN"}
    taken = await judge.post(f"/groups/{second['id']}/edit", {"name": "5b"})
    assert taken.codes == {"name:GROUP_NAME_TAKEN"}
    assert (await judge.ok(f"/groups/{first['id']}/edit", {"name": "5B"}))["name"] == "5B"


async def test_what_is_wrong_makes_no_group_and_changes_none(school):
    judge = school["judge"]
    for body, code in (
        ({}, "name:REQUIRED_FIELD"),
        ({"name": "x", "color": "red"}, "color:OUT_OF_RANGE"),
        ({"name": "x", "users": ["nobody"]}, "NO_SUCH_USER"),
        ({"name": "x", "users": "lyova"}, "users:WRONG_TYPE"),
    ):
        assert (await judge.post("/groups", body)).codes == {code}
    assert await judge.read("/groups/page/1") == []
    group = (await judge.ok("/groups", {"name": "5b"}))["id"]
    assert (await judge.post(f"/groups/{group}/add", {"users": ["lyova", "nobody"]})).codes == {"NO_SUCH_USER"}
    assert await everyone(judge, group) == []


async def test_students_learn_nothing_of_groups_and_change_none(school):
    lyova, judge = school["lyova"], school["judge"]
    group = await judge.ok("/groups", {"name": "5b", "users": ["anna"]})
    for path in ("/groups/page/1", f"/groups/{group['id']}/users/page/1"):
        assert (await lyova.get(path)).codes == {"FORBIDDEN"}
    body = {"name": "x", "users": ["lyova"], "text": "x"}
    for path in ("edit", "add", "remove", "chat", "notify"):
        assert (await lyova.post(f"/groups/{group['id']}/{path}", body)).codes == {"FORBIDDEN"}
    assert (await lyova.post("/groups", body)).codes == {"FORBIDDEN"}
    assert await judge.read("/groups/page/1") == [group]


async def test_a_chat_for_a_group_is_one_call_and_again_brings_in_who_is_new(school, browser):
    lyova, anna, judge = school["lyova"], school["anna"], school["judge"]
    page = await browser(lyova)
    group = (await judge.ok("/groups", {"name": "5b", "users": ["lyova", "anna"]}))["id"]
    founded = await judge.ok(f"/groups/{group}/chat")
    assert (founded["name"], founded["users_count"], founded["admin"]) == ("5b", 3, "judge")
    assert (await page.next("chat.joined", f"user:{lyova.id}"))["data"]["stream"] == f"chat:{founded['id']}"
    await lyova.say(founded["id"], "Hello, class")
    assert (await judge.read("/groups/page/1"))[0]["chat_id"] == founded["id"]
    await anna.ok(f"/chats/{founded['id']}/leave")
    await judge.ok(f"/groups/{group}/add", {"users": ["boris"]})
    again = await judge.ok(f"/groups/{group}/chat")
    assert (again["id"], again["users_count"]) == (founded["id"], 4)
    members = await judge.read(f"/chats/{founded['id']}/users")
    assert sorted(one["nickname"] for one in members) == ["anna", "boris", "judge", "lyova"]
    assert [kind for kind, _ in await told(school["boris"])] == ["invitation"]
    assert len(await told(lyova)) == 1


async def test_moderators_who_found_a_groups_chat_at_once_found_one(school, person):
    judges = [school["judge"], await appoint(await person("second")), await appoint(await person("third"))]
    group = (await judges[0].ok("/groups", {"name": "5b", "users": ["lyova", "anna", "boris"]}))["id"]
    founded = await asyncio.gather(*(judge.ok(f"/groups/{group}/chat") for judge in judges))
    assert len({one["id"] for one in founded}) == 1
    [chat] = await school["lyova"].read("/chats/page/1")
    assert chat["id"] == founded[0]["id"]
    assert len(await school["lyova"].read(f"/chats/{chat['id']}/users")) == 6
    assert [kind for kind, _ in await told(school["lyova"])] == ["invitation"]


async def test_words_reach_a_person_a_group_the_moderators_or_everybody_and_nobody_else(school, browser):
    lyova, anna, boris, judge = school.values()
    await appoint(boris, Role.ADMIN)
    group = (await judge.ok("/groups", {"name": "5b", "users": ["lyova", "anna"]}))["id"]
    pages = {name: await browser(one) for name, one in school.items()}
    for path, readers in (
        ("/user/anna/notify", ["anna"]),
        (f"/groups/{group}/notify", ["lyova", "anna"]),
        ("/notifications/moderators", ["boris", "judge"]),
        ("/notifications/everybody", ["lyova", "anna", "boris", "judge"]),
    ):
        await judge.ok(path, {"text": f"{{author}} says\nto {path}"})
        for name in readers:
            heard = (await pages[name].next("notification.new"))["data"]
            expected = {"text": f"{{author}} says\nto {path}", "author": "judge", "author_id": judge.id}
            assert (heard["kind"], heard["text"], heard["data"]) == ("message", expected["text"], expected)
    counts = [len(await told(one)) for one in (lyova, anna, boris, judge)]
    assert counts == [2, 3, 2, 2]


async def test_a_retry_sends_words_once_and_a_student_sends_none(school, browser):
    lyova, anna, _, judge = school.values()
    page = await browser(lyova)
    key = {"headers": {"Idempotency-Key": "once"}}
    for path in ("/user/lyova/notify", "/notifications/everybody"):
        key["headers"]["Idempotency-Key"] = path
        for _ in range(2):
            await judge.ok(path, {"text": "x"}, **key)
        await page.next("notification.new")
    assert len(await told(lyova)) == 2
    for path in ("/user/lyova/notify", "/notifications/moderators", "/notifications/everybody"):
        assert (await anna.post(path, {"text": "x"})).codes == {"FORBIDDEN"}
    assert (await judge.post("/user/nobody/notify", {"text": "x"})).codes == {"NO_SUCH_USER"}
    assert (await judge.post("/groups/5/notify", {"text": "x"})).codes == {"NO_SUCH_GROUP"}
    assert (await judge.post("/notifications/everybody", {"text": ""})).codes == {"text:REQUIRED_FIELD"}


async def test_who_deletes_their_account_is_in_no_group(school):
    lyova, judge = school["lyova"], school["judge"]
    group = (await judge.ok("/groups", {"name": "5b", "users": ["lyova", "anna"]}))["id"]
    await lyova.ok("/user/delete", {"password": "Secret-word-1"})
    assert await everyone(judge, group) == ["anna"]
