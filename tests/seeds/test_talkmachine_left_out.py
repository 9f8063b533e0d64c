"""What the TalkMachine seed leaves out (design §6): tokens, founding, sending, muting, exact paging."""

import asyncio

import pytest

from tests.clients import PASSWORD
from tests.seeds.talkmachine import CHAT, EMPTY, MESSAGE, refused, write


@pytest.mark.route("POST /user/login")
async def test_the_web_client_keeps_the_token_and_sends_it_as_token(nobody, lev):
    token = (await nobody.ok("/user/login", {"email": lev.email, "password": PASSWORD}))["token"]
    me = await nobody.ask("GET", "/user/me", headers={"Authorization": f"Token {token}"})
    assert (me.status, me.body) == (200, await lev.read("/user/me"))
    for header in ({}, {"Authorization": token}, {"Authorization": "Token "}):
        refused(await nobody.ask("GET", "/user/me", headers=header), 401, "Log in first")


@pytest.mark.route("POST /chats")
async def test_founding_a_chat(lev, anna):
    made = await lev.ok("/chats", {"name": "Writers", "users": ["anna"]})
    assert made.keys() >= CHAT
    assert made == await anna.read(f"/chats/{made['id']}/details")
    refused(await lev.post("/chats", {}), 400, "Required field", "name")


@pytest.mark.route("POST /user/{nickname}/message", "POST /conversations/{id}/messages", "POST /chats/{id}/messages")
async def test_sending(lev, anna):
    first = await write(lev, anna, "Dear Anna")
    path = f"/conversations/{first['conversation_id']}/messages"
    second = await anna.ok(path, {"text": "Dear Lev", "parent_id": first["id"]})
    assert (await write(anna, lev))["conversation_id"] == first["conversation_id"]
    said = await lev.say(await lev.chat(), "Kek")
    for sent, author in ((first, "Nagibator"), (second, "anna"), (said, "Nagibator")):
        assert sent.keys() >= MESSAGE
        assert sent["author"] == author
    for to in ("/user/anna/message", path):
        refused(await lev.post(to, {}), 400, "Required field", "text")


@pytest.mark.route("POST /chats/{id}/mute", "POST /chats/{id}/unmute")
async def test_muting_is_ones_own_affair(lev, anna):
    chat = await lev.chat(anna)
    for action, muted in (("mute", True), ("unmute", False)):
        assert await anna.ok(f"/chats/{chat}/{action}") == EMPTY
        assert (await anna.read(f"/chats/{chat}/details"))["muted"] is muted
        assert (await lev.read(f"/chats/{chat}/details"))["muted"] is False


@pytest.mark.route("GET /chats/{id}/messages", "GET /conversations/{id}/messages")
async def test_paging_stays_exact_while_messages_arrive(lev, anna):
    path = f"/conversations/{(await write(lev, anna, '0'))['conversation_id']}/messages"
    chat = await lev.chat()
    for to in (path, f"/chats/{chat}/messages"):
        sent = [(await lev.ok(to, {"text": str(number)}))["id"] for number in range(26)]
        page = await lev.get(to)
        assert [message["id"] for message in page.body] == sent[:0:-1]
        assert page.headers["Link"].endswith('; rel="next"')
        await lev.ok(to, {"text": "arrives"})
        following = await lev.read(f"{to}?before={sent[1]}")
        assert following[0]["id"] == sent[0]


@pytest.mark.route("POST /chats/{id}/read", "POST /conversations/{id}/read")
async def test_read_marks(lev, anna):
    chat = await lev.chat(anna)
    conversation = (await write(lev, anna))["conversation_id"]
    for room, rooms in ((f"/chats/{chat}", "/chats"), (f"/conversations/{conversation}", "/conversations")):
        said = [(await lev.ok(f"{room}/messages", {"text": "Kek"}))["id"] for _ in range(2)]
        assert await anna.ok(f"{room}/read", {"id": said[0]}) == EMPTY
        [line] = await anna.read(f"{rooms}/page/1")
        assert (line["unread"], line["read_id"]) == (1, said[0])


@pytest.mark.route("POST /user/refresh", "POST /user/delete")
async def test_renewing_a_session_and_deleting_oneself(lev, nobody):
    renewed = await nobody.ok("/user/refresh", {"refresh_token": lev.refresh_token})
    lev.token = renewed["token"]
    refused(await lev.post("/user/delete", {"password": "wrong"}), 403, "Incorrect password", "password")
    assert await lev.ok("/user/delete", {"password": PASSWORD}) == EMPTY
    login = {"email": lev.email, "password": PASSWORD}
    refused(await nobody.post("/user/login", login), 401, "Incorrect email or password")


@pytest.mark.route("GET /user/{nickname}/details")
async def test_last_seen_does_not_go_back_while_it_is_written_down(lev, services):
    stored = await services.people.get(lev.id)
    await lev.login()
    await lev.read("/user/me")
    seen = services.presence.last_seen(stored)
    assert seen > stored.last_seen
    writing = asyncio.create_task(services.presence.flush())
    await asyncio.sleep(0)
    assert services.presence.last_seen(stored) == seen
    await writing
    assert (await services.people.get(lev.id)).last_seen == seen


@pytest.mark.route("POST /message/{id}/edit", "POST /chats/{id}/messages", "POST /conversations/{id}/messages")
async def test_a_parent_is_older_and_of_the_same_room(lev, anna):
    chat, other = await lev.chat(anna), await lev.chat(anna)
    conversation = (await write(lev, anna))["conversation_id"]
    paths = [f"/chats/{chat}/messages", f"/chats/{other}/messages", f"/conversations/{conversation}/messages"]
    sent = {path: (await lev.ok(path, {"text": "first"}))["id"] for path in paths}
    for path in paths:
        answer = await anna.ok(path, {"text": "answer", "parent_id": sent[path]})
        assert answer["parent_id"] == sent[path]
        wrong = [id for place, id in sent.items() if place != path] + [5]
        for parent in (*wrong, answer["id"], sent[path]):
            reply = await lev.post(f"/message/{sent[path]}/edit", {"parent_id": parent})
            refused(reply, 400, "The parent must be an older message of the same chat", "parent_id")
        for parent in wrong:
            reply = await lev.post(path, {"text": "x", "parent_id": parent})
            refused(reply, 400, "The parent must be an older message of the same chat", "parent_id")
