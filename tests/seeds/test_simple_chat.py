"""The simple HTTP chat seed (simple-http-chat.txt), method by method, its curl lines as they stand, and its island."""

import asyncio
import dataclasses
import os
import subprocess
from pathlib import Path

import pytest

from tests.clients import Person

CURL = Path(__file__).parent / "simple_chat.sh"


@pytest.fixture
async def simple(server):
    """A client that knows nothing of accounts."""
    client = Person(server, "nobody")
    yield client
    await client.close()


@pytest.mark.route("POST /users/add")
async def test_add_a_user(simple, person):
    id = await simple.ok("/users/add", {"username": "user_1"})
    assert isinstance(id, int)
    await person("lyova")
    for taken in ("user_1", "USER_1", "lyova"):
        reply = await simple.post("/users/add", {"username": taken})
        assert (reply.status, reply.codes) == (409, {"username:NICKNAME_TAKEN"})
    for bad in ({}, {"username": ""}, {"username": 5}, {"username": "with space"}):
        assert (await simple.post("/users/add", bad)).status == 400


@pytest.mark.route("POST /chats/add")
async def test_add_a_chat_between_users(simple):
    users = [await simple.ok("/users/add", {"username": f"user_{number}"}) for number in range(3)]
    chat = await simple.ok("/chats/add", {"name": "chat_1", "users": [str(users[0]), users[1]]})
    assert isinstance(chat, int)
    again = await simple.post("/chats/add", {"name": "chat_1", "users": users})
    assert (again.status, again.codes) == (409, {"name:CHAT_NAME_TAKEN"})
    unknown = await simple.post("/chats/add", {"name": "chat_2", "users": ["5"]})
    assert (unknown.status, unknown.codes) == (404, {"users:NO_SUCH_USER"})
    for bad in ({"users": users}, {"name": "x"}, {"name": "x", "users": "5"}, {"name": "x", "users": ["a"]}):
        assert (await simple.post("/chats/add", bad)).status == 400


@pytest.mark.route("POST /messages/add", "POST /messages/get")
async def test_messages_are_sent_by_members_and_read_oldest_first(simple):
    users = [await simple.ok("/users/add", {"username": f"user_{number}"}) for number in range(3)]
    chat = await simple.ok("/chats/add", {"name": "chat_1", "users": users[:2]})
    texts = [f"hi {number}" for number in range(60)]
    for number, text in enumerate(texts):
        await simple.ok("/messages/add", {"chat": str(chat), "author": str(users[number % 2]), "text": text})
    messages = await simple.ok("/messages/get", {"chat": str(chat)})
    assert [message["text"] for message in messages] == texts
    assert messages[0].keys() == {"id", "chat", "author", "text", "created_at"}
    assert (messages[0]["chat"], messages[0]["author"]) == (chat, users[0])
    outsider = await simple.post("/messages/add", {"chat": chat, "author": users[2], "text": "let me in"})
    assert (outsider.status, outsider.codes) == (404, {"NO_SUCH_CHAT"})
    unknown = await simple.post("/messages/get", {"chat": "5"})
    assert (unknown.status, unknown.codes) == (404, {"chat:NO_SUCH_CHAT"})
    empty = await simple.post("/messages/add", {"chat": chat, "author": users[0], "text": ""})
    assert (empty.status, empty.codes) == (400, {"text:EMPTY_MESSAGE"})


@pytest.mark.route("POST /chats/get")
async def test_chats_of_a_user_are_ordered_by_their_latest_message(simple):
    user = await simple.ok("/users/add", {"username": "user_1"})
    chats = [await simple.ok("/chats/add", {"name": f"chat_{number}", "users": [user]}) for number in range(3)]
    await simple.ok("/messages/add", {"chat": chats[0], "author": user, "text": "hi"})
    listed = await simple.ok("/chats/get", {"user": str(user)})
    assert [chat["id"] for chat in listed] == [chats[0], chats[2], chats[1]]
    assert listed[0].keys() == {"id", "name", "users", "created_at"}
    assert listed[0]["users"] == [user]
    assert (await simple.post("/chats/get", {"user": "5"})).status == 404


async def test_it_is_an_island(simple, person):
    lyova = await person("lyova")
    chat = await lyova.chat()
    await lyova.say(chat, "secret")
    guest = await simple.ok("/users/add", {"username": "user_1"})
    open_chat = await simple.ok("/chats/add", {"name": "open", "users": [guest]})
    for path, body in (
        ("/messages/get", {"chat": chat}),
        ("/messages/add", {"chat": chat, "author": guest, "text": "x"}),
        ("/messages/add", {"chat": open_chat, "author": lyova.id, "text": "I am lyova"}),
        ("/chats/get", {"user": lyova.id}),
        ("/chats/add", {"name": "with lyova", "users": [guest, lyova.id]}),
    ):
        assert (await simple.post(path, body)).status == 404, path
    for name in ("user_1", str(guest)):
        assert (await lyova.get(f"/user/{name}/details")).codes == {"NO_SUCH_USER"}
        assert (await lyova.post(f"/user/{name}/message", {"text": "x"})).codes == {"NO_SUCH_USER"}
        assert (await lyova.post(f"/user/{name}/invite/{chat}")).codes == {"NO_SUCH_USER"}
    for password in ("", "x" * 10):
        assert (await simple.post("/user/login", {"email": "user_1", "password": password})).status in (400, 401)


@pytest.mark.route("POST /chats/{id}/join")
async def test_what_is_posted_here_is_pushed_to_accounts_that_came_in(simple, person, browser):
    anna = await person("anna")
    page = await browser(anna)
    guest = await simple.ok("/users/add", {"username": "user_1"})
    chat = await simple.ok("/chats/add", {"name": "open", "users": [guest]})
    assert (await anna.ok(f"/chats/{chat}/join"))["users_count"] == 2
    sent = await simple.ok("/messages/add", {"chat": chat, "author": guest, "text": "hi"})
    event = await page.next("message.new")
    assert (event["data"]["id"], event["data"]["author"]) == (sent, "user_1")
    await anna.say(chat, "welcome")
    assert [message["text"] for message in await simple.ok("/messages/get", {"chat": chat})] == ["hi", "welcome"]
    closed = await anna.chat()
    assert (await anna.post(f"/chats/{closed}/join")).codes == {"chat:NO_SUCH_CHAT"}


async def test_it_can_be_turned_off(serve, config):
    server = await serve(dataclasses.replace(config, simple_chat=False))
    client = Person(server, "nobody")
    assert (await client.post("/users/add", {"username": "user_1"})).codes == {"METHOD_NOT_ALLOWED"}
    assert (await client.post("/messages/get", {"chat": "5"})).status == 404
    await client.close()


@pytest.mark.route("POST /users/add", "POST /chats/add", "POST /messages/add", "POST /chats/get", "POST /messages/get")
async def test_the_curl_lines_of_the_document_run_as_they_stand(server):
    """On port 9000 they would need no change; here the port is whatever was free."""
    environ = os.environ | {"PORT": server.url.rpartition(":")[2]}
    run = await asyncio.to_thread(
        subprocess.run, ["bash", str(CURL)], env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "hi"
