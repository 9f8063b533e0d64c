"""What stands between the lines of the TalkMachine seed (design.md §6): what is absent, empty, late or left out."""

import asyncio

import pytest

from tests.clients import PASSWORD, Person


@pytest.fixture
async def lyova(person):
    return await person("Lyova")


@pytest.fixture
async def anna(person):
    return await person("Anna")


def refused(reply, status, text, field=None):
    """Check the text, and that the channel of its code is AJAX and the result an error."""
    assert reply.status == status, reply.body
    [atom] = reply.body["fields"][field] if field else reply.body["global"]
    assert (atom["t"], atom["c"] >> 12) == (text, 0b00_10)


async def write(sender, to, text="Kek kek kek"):
    return await sender.ok(f"/user/{to.nickname}/message", {"text": text})


@pytest.mark.route("GET /user/{nickname}/details")
async def test_last_seen_is_current_without_a_write_per_request_and_outlives_the_server(
    lyova, anna, server, serve, config, services
):
    stored = (await services.people.get(lyova.id)).last_seen
    seen = [(await anna.read("/user/Lyova/details"))["last_seen"]]
    for _ in range(3):
        await lyova.login()  # takes a while, and counts as no request of somebody logged in
        await lyova.read("/user/me")
        seen.append((await anna.read("/user/Lyova/details"))["last_seen"])
    assert seen == sorted(set(seen))
    assert (await services.people.get(lyova.id)).last_seen == stored
    await server.runner.cleanup()
    again = Person(await serve(config), "Anna")
    await again.login()
    assert (await again.read("/user/Lyova/details"))["last_seen"] == seen[-1]
    await again.close()


@pytest.mark.route("GET /user/{nickname}/details")
async def test_last_seen_does_not_go_back_while_it_is_written_down(lyova, services):
    stored = await services.people.get(lyova.id)
    await lyova.login()
    await lyova.read("/user/me")
    seen = services.presence.last_seen(stored)
    assert seen > stored.last_seen
    writing = asyncio.create_task(services.presence.flush())
    await asyncio.sleep(0)
    assert services.presence.last_seen(stored) == seen
    await writing
    assert (await services.people.get(lyova.id)).last_seen == seen


@pytest.mark.route("POST /user/login")
async def test_only_a_token_of_a_known_scheme_logs_in(lyova):
    token, lyova.token = lyova.token, ""
    for scheme in ("Token", "token", "Bearer"):
        assert (await lyova.ask("GET", "/user/me", headers={"Authorization": f"{scheme} {token}"})).status == 200
    for header in ({}, {"Authorization": token}, {"Authorization": "Token "}, {"Authorization": f"Basic {token}"}):
        refused(await lyova.ask("GET", "/user/me", headers=header), 401, "Log in first")


@pytest.mark.route("POST /user/register")
async def test_a_form_names_every_wrong_field_and_gives_back_all_but_the_password(lyova):
    reply = await lyova.post("/user/register", {"email": "tolstoy", "password": "short"})
    refused(reply, 400, "Incorrect email format", "email")
    refused(reply, 400, "Required field", "nickname")
    refused(reply, 400, "Minimum length 8 characters", "password")
    assert reply.body["global"] == []
    assert reply.body["fields"]["email"][0]["d"] == "tolstoy"
    assert "d" not in reply.body["fields"]["password"][0]


@pytest.mark.route("POST /user/edit")
async def test_what_a_person_must_have_is_not_cleared(lyova, anna):
    before = await lyova.ok("/user/edit", {"name": "Lev Tolstoy", "bio": "A writer", "avatar": "/avatar/url"})
    refused(await lyova.post("/user/edit", {"nickname": "ANNA"}), 409, "Nickname already in use", "nickname")
    refused(await lyova.post("/user/edit", {"password": ""}), 400, "Minimum length 8 characters", "password")
    assert (await lyova.post("/user/edit", {"nickname": ""})).status == 400
    assert await lyova.read("/user/me") == before
    cleared = {"name": "", "bio": "", "avatar": ""}
    assert await lyova.ok("/user/edit", cleared) == before | cleared


@pytest.mark.route("GET /messages/conversations/page/{page}")
async def test_the_web_clients_path_has_the_same_pages(lyova, person):
    opened = [(await write(lyova, await person(f"friend{number}")))["conversation_id"] for number in range(26)]
    for number, expected in ((1, opened[:0:-1]), (2, opened[:1]), (3, [])):
        page = await lyova.read(f"/messages/conversations/page/{number}")
        assert [conversation["id"] for conversation in page] == expected
    for number in ("0", "-1", "abc", 10**12):
        refused(await lyova.get(f"/messages/conversations/page/{number}"), 400, "Pages are numbered from 1")


@pytest.mark.route("GET /chats/{id}/details")
async def test_users_count_follows_who_comes_and_goes(lyova, anna, person):
    chat = await lyova.chat(anna)
    await person("Boris")
    for change, count in ((f"/user/Boris/invite/{chat}", 3), (f"/chats/{chat}/exclude/Boris", 2)):
        await anna.ok(change)
        assert (await lyova.read(f"/chats/{chat}/details"))["users_count"] == count
    await anna.ok(f"/chats/{chat}/leave")
    assert (await lyova.read(f"/chats/{chat}/details"))["users_count"] == 1
    assert await anna.read("/chats/page/1") == []


@pytest.mark.route("POST /user/{id}/invite/{chat}")
async def test_a_second_invitation_changes_nothing(lyova, anna, person):
    chat = await lyova.chat(await person("Boris"))
    boris, before = await person("Vera"), await lyova.read(f"/chats/{chat}/users")
    assert await lyova.ok(f"/user/Boris/invite/{chat}") == {}
    assert await lyova.read(f"/chats/{chat}/users") == before
    refused(await lyova.post(f"/user/5/invite/{chat}"), 404, "No such user")
    refused(await boris.post(f"/user/Anna/invite/{chat}"), 404, "No such chat")


@pytest.mark.route("POST /chats/{id}/edit")
async def test_a_chat_keeps_its_name_and_what_is_absent(lyova):
    chat = await lyova.chat(name="Writers")
    before = await lyova.read(f"/chats/{chat}/details")
    assert await lyova.ok(f"/chats/{chat}/edit", {}) == before
    refused(await lyova.post(f"/chats/{chat}/edit", {"name": ""}), 400, "Required field", "name")
    assert await lyova.read(f"/chats/{chat}/details") == before


@pytest.mark.route("GET /messages/voted/page/{page}")
async def test_voted_messages_are_only_those_that_one_may_still_read(lyova, anna):
    chat = await lyova.chat(anna)
    for said in (await lyova.say(chat, "vote!"), await write(lyova, anna)):
        await anna.ok(f"/message/{said['id']}/vote")
    assert len(await anna.read("/messages/voted/page/1")) == 2
    await anna.ok(f"/chats/{chat}/leave")
    [left] = await anna.read("/messages/voted/page/1")
    assert (left["id"], left["voted"], left["votes"], left["author"]) == (said["id"], True, 1, "Lyova")


@pytest.mark.route("POST /message/{id}/edit")
async def test_an_empty_edit_changes_nothing_and_an_empty_parent_makes_a_root(lyova, anna):
    chat = await lyova.chat(anna)
    root = (await anna.say(chat, "root"))["id"]
    path = f"/message/{(await lyova.say(chat, 'answer', parent_id=root))['id']}"
    before = await lyova.read(f"{path}/details")
    assert (before["parent_id"], before["edited"]) == (root, False)
    assert await lyova.ok(f"{path}/edit", {}) == before
    cleared = await lyova.ok(f"{path}/edit", {"parent_id": ""})
    assert (cleared["parent_id"], cleared["text"], cleared["edited"]) == (0, "answer", True)


@pytest.mark.route("POST /message/{id}/edit", "POST /conversations/{id}/messages")
async def test_a_parent_of_a_conversation_is_older_and_of_the_same_one(lyova, anna, person):
    first = await write(lyova, anna)
    elsewhere, said = await write(lyova, await person("Boris")), await lyova.say(await lyova.chat(), "Kek")
    path = f"/conversations/{first['conversation_id']}/messages"
    answer = await anna.ok(path, {"text": "answer", "parent_id": first["id"]})
    assert answer["parent_id"] == first["id"]
    sentence = "The parent must be an older message of the same chat"
    for parent in (elsewhere["id"], said["id"], 5):
        refused(await anna.post(path, {"text": "x", "parent_id": parent}), 400, sentence, "parent_id")
    for parent in (elsewhere["id"], answer["id"], first["id"]):
        reply = await lyova.post(f"/message/{first['id']}/edit", {"parent_id": parent})
        refused(reply, 400, sentence, "parent_id")


@pytest.mark.route("GET /chats/{id}/messages", "GET /conversations/{id}/messages")
async def test_paging_stays_exact_while_messages_arrive(lyova, anna):
    conversation = (await write(lyova, anna))["conversation_id"]
    for path in (f"/conversations/{conversation}/messages", f"/chats/{await lyova.chat()}/messages"):
        sent = [(await lyova.ok(path, {"text": str(number)}))["id"] for number in range(26)]
        page = await lyova.get(path)
        assert [message["id"] for message in page.body] == sent[:0:-1]
        assert page.headers["Link"].endswith('; rel="next"')
        await lyova.ok(path, {"text": "arrives"})
        following = await lyova.read(f"{path}?before={sent[1]}")
        assert following[0]["id"] == sent[0]


@pytest.mark.route("POST /chats/{id}/read", "POST /conversations/{id}/read")
async def test_a_read_mark_leaves_the_later_ones_unread(lyova, anna):
    chat, conversation = await lyova.chat(anna), (await write(lyova, anna))["conversation_id"]
    for room, rooms in ((f"/chats/{chat}", "/chats"), (f"/conversations/{conversation}", "/conversations")):
        said = [(await lyova.ok(f"{room}/messages", {"text": "Kek"}))["id"] for _ in range(2)]
        assert await anna.ok(f"{room}/read", {"id": said[0]}) == {}
        [line] = await anna.read(f"{rooms}/page/1")
        assert (line["unread"], line["read_id"]) == (1, said[0])


@pytest.mark.route("POST /user/refresh", "POST /user/delete")
async def test_a_session_is_renewed_and_an_account_deleted_with_its_password(lyova, anna):
    lyova.token = (await anna.ok("/user/refresh", {"refresh_token": lyova.refresh_token}))["token"]
    refused(await lyova.post("/user/delete", {"password": "wrong"}), 403, "Incorrect password", "password")
    assert await lyova.ok("/user/delete", {"password": PASSWORD}) == {}
    login = {"email": lyova.email, "password": PASSWORD}
    refused(await anna.post("/user/login", login), 401, "Incorrect email or password")
