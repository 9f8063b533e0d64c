"""The dream diary beyond its document: the diary, goals and their tasks, what chats see, and whose it all is."""

import asyncio
import dataclasses
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients import Person

NOBODY = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
DAY = {"day": "2026-11-21", "text": "Ran", "mood": 5, "achieved": ["10 km", "up at six"]}


async def put(client, path, body):
    reply = await client.ask("PUT", path, json=body)
    assert reply.status == 200, reply.body
    return reply.body


async def goal_of(client, name="Fly", tasks=0, **more):
    goal = await client.ok("/v0/goals/", {"name": name, **more})
    for number in range(tasks):
        await client.ok("/v0/task/", {"name": str(number), "goal": goal["id"]})
    return await client.read(f"/v0/goals/{goal['id']}")


async def finish(client, task, done=True):
    return await put(client, f"/v0/task/{task['id']}", {"done": done})


async def test_a_diary_is_written_read_edited_and_deleted(person):
    anna = await person("anna")
    made = await anna.ok("/v0/diary/", DAY)
    assert made == DAY | {"id": made["id"], "created_date": made["created_date"]}
    second = await anna.ok("/v0/diary/", {"day": DAY["day"], "text": "Slept"})
    assert (second["mood"], second["achieved"]) == (None, [])
    assert await anna.read("/v0/diary/") in ([second, made], [made, second])
    edited = await put(anna, f"/v0/diary/{made['id']}", {"day": "2026-11-20", "mood": None})
    assert edited == made | {"day": "2026-11-20", "mood": None}
    assert await anna.read(f"/v0/diary/{made['id']}") == edited
    assert await anna.read("/v0/diary/") == [second, edited]
    gone = await anna.ask("DELETE", f"/v0/diary/{made['id']}")
    assert (gone.status, gone.body) == (200, {"status": "ok"})
    assert await anna.read("/v0/diary/") == [second]


async def test_a_diary_is_listed_by_period_and_pages_miss_nothing(person):
    anna = await person("anna")
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in range(1, 13)]
    for day in days:
        await anna.ok("/v0/diary/", {"day": day, "text": day})
    assert [one["day"] for one in await anna.read("/v0/diary/?from=2026-10-02&to=2026-10-04")] == days[15:12:-1]
    path, shown = "/v0/diary/?from=2026-09-02&to=2026-11-11", []
    while path:
        page = await anna.get(path)
        shown += [one["text"] for one in page.body]
        path = re.fullmatch(r'<(.*)>; rel="next"', page.headers["Link"])[1] if "Link" in page.headers else None
    assert shown == days[-2:0:-1]
    for wrong, code in (("from=x", "from:WRONG_TYPE"), ("to=1970-01-01", "to:OUT_OF_RANGE"), ("before=x", "before")):
        assert any(code in one for one in (await anna.get(f"/v0/diary/?{wrong}")).codes)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"day": "yesterday"}, "WRONG_TYPE"),
        ({"day": "2026-02-30"}, "WRONG_TYPE"),
        ({"day": "20260230"}, "WRONG_TYPE"),
        ({"day": "1970-01-01"}, "OUT_OF_RANGE"),
        ({"day": 5}, "WRONG_TYPE"),
        ({"text": "x" * 20_001}, "TOO_LONG"),
        ({"text": {"$gt": ""}}, "WRONG_TYPE"),
        ({"mood": 6}, "OUT_OF_RANGE"),
        ({"mood": "good"}, "WRONG_TYPE"),
        ({"achieved": "10 km"}, "WRONG_TYPE"),
        ({"achieved": ["x"] * 51}, "TOO_LONG"),
    ],
)
async def test_a_wrong_diary_entry_is_refused_and_nothing_is_kept(person, wrong, code):
    anna = await person("anna")
    [field] = wrong
    refused = await anna.post("/v0/diary/", DAY | wrong)
    assert (refused.status, refused.codes) == (400, {f"{field}:{code}"})
    assert await anna.read("/v0/diary/") == []


@pytest.mark.parametrize("due", [0, 86_400, 1_200_000_000_000, -1, 2**60])
@pytest.mark.parametrize("path", ["/v0/goals/", "/v0/task/"])
async def test_a_due_date_outside_of_this_century_is_refused(person, path, due):
    anna = await person("anna")
    assert (await anna.post(path, {"name": "x", "due_date": due})).codes == {"due_date:OUT_OF_RANGE"}
    for wrong in ("tomorrow", 1.5, True):
        assert (await anna.post(path, {"name": "x", "due_date": wrong})).codes == {"due_date:WRONG_TYPE"}


async def test_finishing_the_last_task_finishes_the_goal_and_reopening_reopens_it(person):
    anna = await person("anna")
    goal = await goal_of(anna, tasks=3)
    first, second, third = goal["tasks"]
    for task, progress in ((first, 33), (second, 66), (third, 100)):
        await finish(anna, task)
        now = await anna.read(f"/v0/goals/{goal['id']}")
        assert (now["progress"], now["done"]) == (progress, progress == 100)
    await finish(anna, second, False)
    now = await anna.read(f"/v0/goals/{goal['id']}")
    assert (now["progress"], now["done"]) == (66, False)
    await anna.ask("DELETE", f"/v0/task/{second['id']}")
    assert (await anna.read(f"/v0/goals/{goal['id']}"))["done"] is True
    await anna.ok("/v0/task/", {"name": "more", "goal": goal["id"]})
    assert (await anna.read(f"/v0/goals/{goal['id']}"))["done"] is False


_STEPS = st.lists(st.tuples(st.sampled_from(["add", "done", "open", "delete", "leave", "return"]), st.integers(0, 9)))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_STEPS)
async def test_progress_follows_from_the_tasks_whatever_happens_to_them(services, person_of, steps):
    diary, anna = services.dream_diary, person_of
    goal = await diary.goals.create(anna, "Fly")
    model: dict[str, list[bool]] = {}  # task: [done, in the goal]
    for step, which in steps:
        fields = {"name": "x", "text": "", "additional_data": "", "attachments": [], "due": None, "done": False}
        if step == "add":
            model[(await diary.tasks.create(anna, goal.id, fields)).id] = [False, True]
        elif model:
            id = list(model)[which % len(model)]
            if step in ("done", "open"):
                model[id][0] = step == "done"
                await diary.tasks.edit(anna, id, {"done": step == "done"})
            elif step == "delete":
                del model[id]
                await diary.tasks.delete(anna, id)
            else:
                model[id][1] = step == "return"
                await diary.tasks.edit(anna, id, {"goal": goal.id if step == "return" else None})
        inside = [done for done, belongs in model.values() if belongs]
        now = await diary.goals.get(anna, goal.id)
        assert now.progress == (100 * sum(inside) // len(inside) if inside else 0)
        assert now.done is (bool(inside) and all(inside))
    await diary.forget(anna)


@pytest.fixture
async def person_of(person, services):
    return await services.people.get((await person("anna")).id)


async def test_tasks_are_moved_and_stay_in_order(person):
    anna = await person("anna")
    goal = await goal_of(anna, tasks=4)
    order = [task["id"] for task in goal["tasks"]]
    path = f"/v0/task/?goal={goal['id']}"
    for turn in range(40):  # often enough between the same two to use up the room there
        moved = order.pop(3)
        after = order[0] if turn % 2 else None
        order.insert(order.index(after) + 1 if after else 0, moved)
        shown = await anna.ok(f"/v0/task/{moved}/move", {"after": after})
        assert [task["id"] for task in shown] == order
    assert [task["id"] for task in await anna.read(path)] == order
    free = await anna.ok("/v0/task/", {"name": "free"})
    refused = await anna.post(f"/v0/task/{order[0]}/move", {"after": free["id"]})
    assert (refused.status, refused.codes) == (404, {"after:NO_SUCH_TASK"})
    assert await anna.read("/v0/task/") == [free]
    await put(anna, f"/v0/task/{free['id']}", {"goal": goal["id"]})
    assert [task["id"] for task in await anna.read(path)] == [*order, free["id"]]
    assert await anna.read("/v0/task/") == []


async def test_a_dream_that_is_deleted_while_it_becomes_a_goal_ends_in_one_clear_state(person):
    anna = await person("anna")
    for _ in range(8):
        dream = await anna.ok("/v0/dreams/", {"name": "Fly"})
        path = f"/v0/dreams/{dream['id']}"
        made, gone, again = await asyncio.gather(
            anna.post(f"{path}/goal"), anna.ask("DELETE", path), anna.post(f"{path}/goal")
        )
        assert gone.status == 200
        assert (await anna.get(path)).status == 404
        goals = await anna.read("/v0/goals/")
        assert {one.status for one in (made, again)} <= {200, 404}
        assert {one.body["id"] for one in (made, again) if one.status == 200} == {goal["id"] for goal in goals}
        assert all(goal["dream"] is None for goal in goals)
        for goal in goals:
            await anna.ask("DELETE", f"/v0/goals/{goal['id']}")


async def test_a_goal_goes_with_its_tasks_and_leaves_no_task_behind(person):
    anna = await person("anna")
    goal = await goal_of(anna, tasks=2)
    gone, *added = await asyncio.gather(
        anna.ask("DELETE", f"/v0/goals/{goal['id']}"),
        *(anna.post("/v0/task/", {"name": "late", "goal": goal["id"]}) for _ in range(4)),
    )
    assert gone.status == 200
    tasks = goal["tasks"] + [one.body for one in added if one.status == 200]
    for task in tasks:
        assert (await anna.get(f"/v0/task/{task['id']}")).codes == {"NO_SUCH_TASK"}
    assert (await anna.get(f"/v0/task/?goal={goal['id']}")).codes == {"NO_SUCH_GOAL"}


async def test_what_is_anothers_is_as_if_it_were_not(person):
    anna, stranger = await person("anna"), await person("stranger")
    chat = await stranger.chat()
    dream = await anna.ok("/v0/dreams/", {"name": "secret"})
    goal = await goal_of(anna, "secret", tasks=1)
    task = goal["tasks"][0]
    entry = await anna.ok("/v0/diary/", DAY | {"text": "secret"})
    mine = await stranger.ok("/v0/task/", {"name": "mine"})
    walks = [
        ("GET", "/v0/dreams/{}", dream, {}),
        ("PUT", "/v0/dreams/{}", dream, {"name": "x"}),
        ("PUT", "/v0/dreams/?id={}", dream, {"name": "x"}),
        ("DELETE", "/v0/dreams/{}", dream, {}),
        ("DELETE", "/v0/dreams/?id={}", dream, {}),
        ("POST", "/v0/dreams/{}/goal", dream, {}),
        ("GET", "/v0/goals/{}", goal, {}),
        ("PUT", "/v0/goals/{}", goal, {"name": "x"}),
        ("POST", "/v0/goals/{}/share", goal, {"chat_id": chat}),
        ("POST", "/v0/goals/{}/unshare", goal, {"chat_id": chat}),
        ("DELETE", "/v0/goals/{}", goal, {}),
        ("GET", "/v0/task/?goal={}", goal, {}),
        ("GET", "/v0/task/{}", task, {}),
        ("PUT", "/v0/task/{}", task, {"done": True}),
        ("POST", "/v0/task/{}/move", task, {}),
        ("DELETE", "/v0/task/{}", task, {}),
        ("GET", "/v0/diary/{}", entry, {}),
        ("PUT", "/v0/diary/{}", entry, {"text": "x"}),
        ("DELETE", "/v0/diary/{}", entry, {}),
    ]
    for method, path, thing, body in walks:
        replies = [await stranger.ask(method, path.format(id), json=body) for id in (thing["id"], NOBODY)]
        assert [reply.status for reply in replies] == [404, 404], path
        assert replies[0].body == replies[1].body
    for id in (goal["id"], NOBODY):
        assert (await stranger.post("/v0/task/", {"name": "x", "goal": id})).codes == {"NO_SUCH_GOAL"}
        moved = await stranger.ask("PUT", f"/v0/task/{mine['id']}", json={"goal": id})
        assert moved.codes == {"NO_SUCH_GOAL"}
        assert (await stranger.post(f"/v0/task/{mine['id']}/move", {"after": id})).codes == {"after:NO_SUCH_TASK"}
    for path in ("/v0/dreams/all", "/v0/goals/", "/v0/diary/"):
        assert await stranger.read(path) == []
    assert await anna.read(f"/v0/dreams/{dream['id']}") == dream
    assert await anna.read(f"/v0/goals/{goal['id']}") == goal
    assert await anna.read(f"/v0/diary/{entry['id']}") == entry


async def test_there_are_only_so_many_dreams_goals_and_tasks(serve, config):
    limits = dataclasses.replace(config.limits, dreams_per_person=1, goals_per_person=1, tasks_per_goal=1)
    anna = Person(await serve(dataclasses.replace(config, limits=limits)), "anna")
    await anna.register()
    for path in ("/v0/dreams/", "/v0/goals/", "/v0/task/"):
        await anna.ok(path, {"name": "one"})
        refused = await anna.post(path, {"name": "two"})
        assert (refused.status, refused.codes) == (409, {"TOO_MANY_THINGS"})
    await anna.close()
