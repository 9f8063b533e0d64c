"""Reminders: of what is due one is told once, by whichever process is alive, also after a restart."""

import asyncio
import dataclasses
import time

import pytest

from tests.clients import PATIENCE, Person
from tests.cluster import cluster_on

SOON = {"before_seconds": 60, "every_seconds": 1}


def reminding(config, **changes):
    return dataclasses.replace(config, reminders=dataclasses.replace(config.reminders, **{**SOON, **changes}))


@pytest.fixture
async def anna(serve, config):
    client = Person(await serve(reminding(config)), "anna")
    await client.register()
    yield client
    await client.close()


def now() -> int:
    return int(time.time())


async def told(person):
    reminders = [one for one in await person.read("/notifications/page/1") if one["kind"] == "reminder"]
    return [one["data"]["name"] for one in reminders]


async def put(client, path, body):
    reply = await client.ask("PUT", path, json=body)
    assert reply.status == 200, reply.body


async def after_a_round(person):
    """Wait until everything that was due before has been looked at: a later one was told."""
    name = f"later {time.monotonic()}"
    await person.ok("/v0/goals/", {"name": name, "due_date": now() + 50})
    async with asyncio.timeout(PATIENCE):
        while name not in await told(person):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_task_and_a_goal_that_are_due_are_told_live(anna, browser):
    page = await browser(anna)
    for path, thing in (("/v0/task/", "task"), ("/v0/goals/", "goal")):
        due = now() + 30
        made = await anna.ok(path, {"name": "Wings", "due_date": due})
        entry = await page.next("notification.new", f"user:{anna.id}")
        assert entry["data"]["kind"] == "reminder"
        assert entry["data"]["data"] == {"thing": thing, "id": made["id"], "name": "Wings", "due_date": due}
        assert entry["data"]["text"] == "Напоминание: Wings"


async def test_what_is_done_or_due_much_later_or_deleted_is_not_told(anna):
    done = await anna.ok("/v0/task/", {"name": "done", "due_date": now() + 50, "done": True})
    await anna.ok("/v0/task/", {"name": "much later", "due_date": now() + 3600})
    goal = await anna.ok("/v0/goals/", {"name": "reached"})
    task = await anna.ok("/v0/task/", {"name": "all of it", "goal": goal["id"], "done": True})
    await put(anna, f"/v0/goals/{goal['id']}", {"due_date": now() + 50})
    await after_a_round(anna)
    assert {"done", "much later", "reached"} & set(await told(anna)) == set()
    # Whoever opens it again is told.
    await put(anna, f"/v0/task/{done['id']}", {"done": False})
    await put(anna, f"/v0/task/{task['id']}", {"done": False})
    await after_a_round(anna)
    assert {"done", "reached"} <= set(await told(anna))


async def test_a_thing_is_told_once_for_each_due_date(anna):
    due = now() + 30
    task = await anna.ok("/v0/task/", {"name": "Wings", "due_date": due})
    await after_a_round(anna)
    for changes in ({"name": "New wings"}, {"due_date": due}, {"done": True}, {"done": False}):
        await put(anna, f"/v0/task/{task['id']}", changes)
        await after_a_round(anna)
    assert [name for name in await told(anna) if "ings" in name] == ["Wings"]
    await put(anna, f"/v0/task/{task['id']}", {"due_date": due + 5})
    await after_a_round(anna)
    assert [name for name in await told(anna) if "ings" in name] == ["New wings", "Wings"]


async def test_what_came_due_while_no_process_ran_is_told_at_start_and_only_once(serve, config):
    server = await serve(reminding(config, before_seconds=0, every_seconds=3600))
    anna = Person(server, "anna")
    await anna.register()
    # More than are looked at at once.
    for number in range(60):
        await anna.ok("/v0/task/", {"name": str(number), "due_date": now() + 1})
    assert await told(anna) == []
    await server.runner.cleanup()
    await anna.close()
    for _ in range(2):
        again = await serve(reminding(config))
        back = Person(again, "anna")
        back.id, back.token = anna.id, anna.token
        await after_a_round(back)
        heads = (await back.ok("/sync", {}))["streams"]
        replay = await again.services.streams.replay(f"user:{anna.id}", 0, anna.id)
        assert heads[f"user:{anna.id}"]["head"] == replay.head
        names = [event.thing.data["name"] for event in replay.events if event.name == "notification.new"]
        assert sorted(name for name in names if "later" not in name) == sorted(str(number) for number in range(60))
        await back.close()
        await again.runner.cleanup()


async def test_of_several_processes_one_tells(tmp_path, serve, config, monkeypatch, browser):
    async with cluster_on(tmp_path, serve, reminding(config), monkeypatch) as cluster:
        servers = [await cluster.server() for _ in range(2)]
        anna = Person(servers[0], "anna")
        await anna.register()
        elsewhere = Person(servers[1], "anna")
        elsewhere.id, elsewhere.token = anna.id, anna.token
        page = await browser(elsewhere)
        for number in range(10):
            await anna.ok("/v0/task/", {"name": str(number), "due_date": now() + 30})
        # Both look at the same moment, again and again, beside the rounds of their own.
        await asyncio.gather(*(server.services.reminders.send() for server in servers * 3))
        names = [(await page.next("notification.new"))["data"]["data"]["name"] for _ in range(10)]
        assert sorted(names) == [str(number) for number in range(10)]
        await after_a_round(anna)
        assert sorted(name for name in await told(anna) if "later" not in name) == sorted(names)
        for one in (anna, elsewhere):
            await one.close()
        for server in servers:
            await server.runner.cleanup()
