"""Deleting an account while the server is killed: what was begun is finished when it is there again."""

import asyncio

import pytest

from tests.clients import PASSWORD, PATIENCE, Browser, Person

MESSAGES = 200


@pytest.fixture
async def pair(server_process):
    people = [Person(server_process, name) for name in ("lyova", "anna")]
    for one in people:
        await one.register()
    yield people
    for one in people:
        await one.close()


async def test_a_deletion_that_a_kill_cut_off_is_finished_after_the_restart(server_process, pair):
    lyova, anna = pair
    chat = await lyova.chat(anna)
    for _ in range(MESSAGES // 50):
        await asyncio.gather(*(lyova.say(chat, "words of mine") for _ in range(50)))
    page = Browser(anna)
    await page.connect()
    leaving = asyncio.create_task(lyova.post("/user/delete", {"password": PASSWORD}))
    await page.next("message.deleted")
    await asyncio.to_thread(server_process.kill)
    await asyncio.gather(leaving, return_exceptions=True)
    await page.close()
    await asyncio.to_thread(server_process.start)
    assert (await lyova.get("/user/me")).status == 401
    page, heard = Browser(anna), asyncio.Event()
    page.sio.on("message.deleted", lambda body: heard.set())
    await page.connect()
    async with asyncio.timeout(3 * PATIENCE):
        while await left(anna, chat):
            await heard.wait()
            heard.clear()
    await page.close()


async def left(person, chat):
    """Say whether anything that was said in the chat can still be read."""
    path = f"/chats/{chat}/messages"
    while shown := await person.read(path):
        if any(one["text"] for one in shown):
            return True
        path = f"/chats/{chat}/messages?before={shown[-1]['id']}"
    return False
