"""Goals that are shared with a chat: live, resumed, listed, and no more of them than their owner chose."""

import asyncio

from tests.handlers.test_diary import NOBODY, finish, goal_of, put

SHOWN = {"id", "name", "user", "due_date", "progress", "shared", "rev"}


async def test_members_follow_a_shared_goal_live(person, browser):
    anna, lyova = await person("anna"), await person("lyova")
    chat = await anna.chat(lyova)
    page = await browser(lyova)
    goal = await goal_of(anna, tasks=2, due_date=2147483647)
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    shared = await page.next("goal.shared", f"chat:{chat}")
    assert shared["data"].keys() == SHOWN
    wanted = {"id": goal["id"], "name": "Fly", "due_date": 2147483647, "progress": 0, "shared": True}
    assert shared["data"].items() >= wanted.items()
    assert shared["data"]["user"] == {"id": anna.id, "nickname": "anna", "name": "", "avatar": ""}
    assert shared["data"]["rev"] == shared["seq"]
    for task, progress in zip(goal["tasks"], (50, 100), strict=True):
        await finish(anna, task)
        assert (await page.next("goal.progress"))["data"]["progress"] == progress
    await put(anna, f"/v0/goals/{goal['id']}", {"name": "Fly high"})
    assert (await page.next("goal.progress"))["data"]["name"] == "Fly high"
    listed = await lyova.read(f"/v0/chats/{chat}/goals")
    assert [(one["name"], one["progress"]) for one in listed] == [("Fly high", 100)]
    await anna.ok(f"/v0/goals/{goal['id']}/unshare", {"chat_id": chat})
    gone = (await page.next("goal.unshared"))["data"]
    assert (gone["id"], gone["name"], gone["due_date"], gone["shared"]) == (goal["id"], "", None, False)
    assert await lyova.read(f"/v0/chats/{chat}/goals") == []
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    assert (await page.next("goal.shared"))["data"]["name"] == "Fly high"


async def test_what_was_missed_of_a_shared_goal_is_resumed(person, browser):
    anna, lyova = await person("anna"), await person("lyova")
    chat = await anna.chat(lyova)
    goal = await goal_of(anna, tasks=2)
    stream = f"chat:{chat}"
    head = (await lyova.ok("/sync", {}))["streams"][stream]["head"]
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    await finish(anna, goal["tasks"][0])
    page = await browser(lyova)
    await page.call("resume", {"streams": {stream: head}})
    missed = await page.next("goal.shared")
    assert missed["data"] == (await lyova.read(f"/v0/chats/{chat}/goals"))[0]
    await anna.ask("DELETE", f"/v0/goals/{goal['id']}")
    assert (await page.next("goal.unshared"))["seq"] == missed["seq"] + 1


async def test_only_a_member_can_share_into_a_chat_and_see_what_is_shared_there(person):
    anna, lyova = await person("anna"), await person("lyova")
    chat, theirs = await anna.chat(), await lyova.chat()
    goal = await goal_of(anna)
    for id in (theirs, 12345):
        refused = await anna.post(f"/v0/goals/{goal['id']}/share", {"chat_id": id})
        assert (refused.status, refused.codes) == (404, {"NO_SUCH_CHAT"})
    assert await lyova.read(f"/v0/chats/{theirs}/goals") == []
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    assert (await lyova.get(f"/v0/chats/{chat}/goals")).codes == {"NO_SUCH_CHAT"}
    for wrong, code in ((None, "WRONG_TYPE"), ("1", "WRONG_TYPE"), (-1, "OUT_OF_RANGE")):
        refused = await anna.post(f"/v0/goals/{goal['id']}/share", {"chat_id": wrong})
        assert refused.codes == {f"chat_id:{code}"}
    assert (await anna.get(f"/v0/chats/{chat}/goals?before={NOBODY}")).codes == {"NO_SUCH_GOAL"}


async def test_a_goal_whose_owner_left_the_chat_tells_it_nothing_more(person, browser):
    anna, lyova = await person("anna"), await person("lyova")
    chat = await lyova.chat(anna)
    goal = await goal_of(anna, tasks=1)
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    await lyova.ok(f"/chats/{chat}/exclude/anna")
    page = await browser(lyova)
    await finish(anna, goal["tasks"][0])
    assert (await page.next("goal.unshared"))["data"]["progress"] == 0
    assert await lyova.read(f"/v0/chats/{chat}/goals") == []


async def test_whoever_deletes_themselves_takes_their_goals_out_of_the_chats(person):
    anna, lyova = await person("anna"), await person("lyova")
    chat = await lyova.chat(anna)
    goal = await goal_of(anna)
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    assert (await anna.ask("DELETE", "/v0/users/")).status == 200
    assert await lyova.read(f"/v0/chats/{chat}/goals") == []


async def test_however_many_tasks_are_done_at_once_the_chat_ends_with_what_is_so(person):
    anna = await person("anna")
    chat = await anna.chat()
    goal = await goal_of(anna, tasks=8)
    await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
    await asyncio.gather(*(finish(anna, task) for task in goal["tasks"]))
    assert [one["progress"] for one in await anna.read(f"/v0/chats/{chat}/goals")] == [100]
    await asyncio.gather(*(finish(anna, task, number % 2 == 0) for number, task in enumerate(goal["tasks"])))
    assert [one["progress"] for one in await anna.read(f"/v0/chats/{chat}/goals")] == [50]


async def test_a_chats_goals_are_paged(person):
    anna = await person("anna")
    chat = await anna.chat()
    ids = []
    for number in range(27):
        goal = await goal_of(anna, str(number))
        await anna.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})
        ids.insert(0, goal["id"])
    first = await anna.get(f"/v0/chats/{chat}/goals")
    rest = await anna.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [one["id"] for one in first.body + rest.body] == ids
    assert (len(first.body), "Link" in rest.headers) == (25, False)
