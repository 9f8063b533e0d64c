"""The TalkMachine seed (talkmachine.txt), route by route in its order.

Where the seed writes 'True' and '20:11 15-11-2017', the design has JSON booleans and times in ISO 8601, in UTC.
"""

import pytest

from tests.clients import PASSWORD, Person
from tests.seeds.talkmachine import CHAT, EMPTY, MESSAGE, TIME, has_pages, refused, write

CARD = {"nickname", "name", "avatar"}
ME = CARD | {"email", "bio"}
DETAILS = CARD | {"bio", "last_seen"}
MESSAGE_DETAILS = {"id", "text", "author", "created", "votes", "voted", "edited", "parent_id"}
LEV = {"email": "lev.tolstoy@ya.ru", "nickname": "Lyova", "password": "qwerty123"}


async def members(asker, chat):
    return {member["nickname"]: member for member in await asker.read(f"/chats/{chat}/users")}


@pytest.mark.route("GET /user/me")
async def test_me(lev):
    me = await lev.read("/user/me")
    assert me.keys() >= ME
    assert {field: me[field] for field in ME} == {
        "nickname": "Nagibator",
        "name": "Lev Tolstoy",
        "email": lev.email,
        "avatar": "/avatar/url",
        "bio": "A Russian writer",
    }


@pytest.mark.route("GET /user/{nickname}/details")
async def test_user_details(lev, anna):
    details = await anna.read("/user/Nagibator/details")
    assert details.keys() >= DETAILS
    assert TIME.fullmatch(details.pop("last_seen"))
    assert (details["nickname"], details["name"], details["avatar"]) == ("Nagibator", "Lev Tolstoy", "/avatar/url")
    assert details["bio"] == "A Russian writer"
    assert "email" not in details
    refused(await anna.get("/user/somebody/details"), 404, "No such user")


@pytest.mark.route("GET /user/{nickname}/details")
async def test_last_seen_is_current_without_a_write_per_request_and_outlives_the_server(
    person, server, serve, config, services
):
    lyova, anna = await person("lyova"), await person("anna")
    stored = (await services.people.get(lyova.id)).last_seen
    seen = [(await anna.read("/user/lyova/details"))["last_seen"]]
    for _ in range(3):
        await lyova.login()  # takes a while, and counts as no request of somebody logged in
        await lyova.read("/user/me")
        seen.append((await anna.read("/user/lyova/details"))["last_seen"])
    assert seen == sorted(set(seen))
    assert (await services.people.get(lyova.id)).last_seen == stored
    await server.runner.cleanup()
    again = Person(await serve(config), "anna")
    await again.login()
    assert (await again.read("/user/lyova/details"))["last_seen"] == seen[-1]
    await again.close()


@pytest.mark.route("GET /user/{nickname}/short")
async def test_user_short(lev, anna):
    card = await anna.read("/user/Nagibator/short")
    assert card.keys() >= CARD
    assert card == {"id": lev.id, "nickname": "Nagibator", "name": "Lev Tolstoy", "avatar": "/avatar/url"}
    refused(await anna.get("/user/somebody/short"), 404, "No such user")
    await lev.ok("/user/delete", {"password": PASSWORD})
    refused(await anna.get(f"/user/{lev.id}/short"), 410, "User deleted")


@pytest.mark.route("POST /user/{nickname}/add", "POST /user/{nickname}/remove")
async def test_add_to_and_remove_from_contacts(lev, anna):
    for _ in range(2):
        assert await lev.ok("/user/anna/add") == EMPTY
    assert [card["nickname"] for card in await lev.read("/contacts/page/1")] == ["anna"]
    assert await anna.read("/contacts/page/1") == []
    for _ in range(2):
        assert await lev.ok("/user/anna/remove") == EMPTY
    assert await lev.read("/contacts/page/1") == []
    for action in ("add", "remove"):
        refused(await lev.post(f"/user/somebody/{action}"), 404, "No such user")


@pytest.mark.route("POST /user/login")
async def test_login(nobody, lev):
    given = {"email": lev.email, "password": PASSWORD}
    logged_in = await nobody.ok("/user/login", given)
    me = await lev.read("/user/me")
    assert {field: logged_in[field] for field in me} == me
    for wrong in ({"password": "x" * 10}, {"email": "nobody@ya.ru"}):
        refused(await nobody.post("/user/login", given | wrong), 401, "Incorrect email or password")
    for field in given:
        kept = {name: value for name, value in given.items() if name != field}
        refused(await nobody.post("/user/login", kept), 400, "Required field", field)


@pytest.mark.route("POST /user/register", "POST /user/signup")
@pytest.mark.parametrize("path", ["/user/register", "/user/signup"])
async def test_registration(nobody, path):
    made = await nobody.ok(path, LEV)
    nobody.token = made["token"]
    me = await nobody.read("/user/me")
    assert {field: made[field] for field in me} == me
    expected = {"email": LEV["email"], "nickname": "Lyova", "name": "", "bio": "", "avatar": ""}
    assert {field: me[field] for field in ME} == expected
    wrong = {
        "email": ("lev.tolstoy", 400, "Incorrect email format"),
        "nickname": ("LYOVA", 409, "Nickname already in use"),
        "password": ("qwerty1", 400, "Minimum length 8 characters"),
        "password_confirmation": ("qwerty124", 400, "Passwords do not match"),
    }
    for field, (value, status, text) in wrong.items():
        refused(await nobody.post(path, LEV | {field: value}), status, text, field)
    refused(await nobody.post(path, LEV | {"nickname": "Leo"}), 409, "Email already in use", "email")
    for field in LEV:
        kept = {name: value for name, value in LEV.items() if name != field}
        refused(await nobody.post(path, kept), 400, "Required field", field)


@pytest.mark.route("POST /user/register")
async def test_an_error_of_a_form_names_every_wrong_field_and_gives_back_what_was_written(nobody):
    reply = await nobody.post("/user/register", {"email": "tolstoy", "password": "short"})
    assert {field: [atom["t"] for atom in atoms] for field, atoms in reply.body["fields"].items()} == {
        "email": ["Incorrect email format"],
        "nickname": ["Required field"],
        "password": ["Minimum length 8 characters"],
    }
    assert reply.body["global"] == []
    assert reply.body["fields"]["email"][0]["d"] == "tolstoy"
    assert "d" not in reply.body["fields"]["password"][0]


@pytest.mark.route("POST /user/logout")
async def test_logout(lev):
    done = await lev.ok("/user/logout")
    assert done.keys() == {"c", "t"}
    assert (done["c"] >> 12, done["t"]) == (0b00_00, "Logged out successfully")
    assert (await lev.get("/user/me")).status == 401
    refused(await lev.post("/user/logout"), 401, "Can not log out")


@pytest.mark.route("POST /user/edit")
async def test_edit_user(lev, nobody, anna):
    before = await lev.read("/user/me")
    assert await lev.ok("/user/edit", {}) == before
    assert await lev.ok("/user/edit", {"bio": ""}) == before | {"bio": ""}
    given = {"nickname": "newNickname", "bio": "New bio", "name": "Sanya Pushkin", "password": "new_password123"}
    edited = await lev.ok("/user/edit", given)
    del given["password"]
    assert edited == before | given == await lev.read("/user/me")
    login = {"email": lev.email, "password": PASSWORD}
    refused(await nobody.post("/user/login", login), 401, "Incorrect email or password")
    await nobody.ok("/user/login", login | {"password": "new_password123"})
    assert await lev.ok("/user/edit", {"name": "", "avatar": ""}) == edited | {"name": "", "avatar": ""}
    refused(await lev.post("/user/edit", {"nickname": "anna"}), 409, "Nickname already in use", "nickname")
    refused(await lev.post("/user/edit", {"password": "x"}), 400, "Minimum length 8 characters", "password")
    refused(await lev.post("/user/edit", {"password": ""}), 400, "Minimum length 8 characters", "password")
    assert (await lev.post("/user/edit", {"nickname": ""})).status == 400
    assert (await lev.read("/user/me"))["nickname"] == "newNickname"


@pytest.mark.route("GET /contacts/page/{page}")
async def test_contacts(lev, person):
    assert await lev.read("/contacts/page/1") == []
    friends = [await person(f"friend{number}") for number in range(26)]
    for friend in friends:
        await lev.ok(f"/user/{friend.nickname}/add")
    assert (await lev.read("/contacts/page/1"))[0].keys() >= CARD
    await has_pages(lev, "/contacts", [friend.id for friend in reversed(friends)])


@pytest.mark.route("GET /conversations/page/{page}", "GET /messages/conversations/page/{page}")
async def test_conversations_list(lev, person):
    assert await lev.read("/conversations/page/1") == []
    opened = [(await write(lev, await person(f"friend{number}")))["conversation_id"] for number in range(26)]
    [first, *_] = await lev.read("/conversations/page/1")
    assert first.keys() >= {"id", "user", "last_message"}
    assert first["user"].keys() >= CARD
    assert first["user"]["nickname"] == "friend25"
    last = first["last_message"]
    assert (last["text"], last["sender"]) == ("Kek kek kek", "Nagibator")
    assert TIME.fullmatch(last["created"])
    for path in ("/conversations", "/messages/conversations"):
        await has_pages(lev, path, opened[::-1])


@pytest.mark.route("GET /conversations/{id}")
async def test_conversation_info(lev, anna, person):
    await write(lev, anna, "Dear Anna")
    said = await write(anna, lev, "Dear Lev")
    info = await anna.read(f"/conversations/{said['conversation_id']}")
    assert info.keys() >= {"id", "user", "last_message"}
    assert info["id"] == said["conversation_id"]
    assert {field: info["user"][field] for field in CARD} == {
        "nickname": "Nagibator",
        "name": "Lev Tolstoy",
        "avatar": "/avatar/url",
    }
    last = info["last_message"]
    assert (last["text"], last["author"], last["created"]) == ("Dear Lev", "anna", said["created"])
    stranger = await person("stranger")
    refused(await stranger.get(f"/conversations/{info['id']}"), 404, "No such conversation")


@pytest.mark.route("GET /conversations/{id}/messages/page/{page}")
async def test_conversation_messages(lev, anna):
    sent = [await write(lev, anna, str(number)) for number in range(26)]
    path = f"/conversations/{sent[0]['conversation_id']}/messages"
    shown = (await anna.read(f"{path}/page/1"))[0]
    assert shown.keys() >= MESSAGE
    assert (shown["author"], shown["text"], shown["parent_id"]) == ("Nagibator", "25", 0)
    assert (shown["edited"], shown["voted"], shown["votes"]) == (False, False, 0)
    assert TIME.fullmatch(shown["created"])
    await has_pages(anna, path, [message["id"] for message in reversed(sent)])


@pytest.mark.route("GET /chats/page/{page}")
async def test_chats_list(lev, anna):
    assert await lev.read("/chats/page/1") == []
    chats = [await lev.chat(name=f"Writers {number}") for number in range(26)]
    await lev.say(chats[0], "Kek kek kek")
    first, second, *_ = await lev.read("/chats/page/1")
    assert first.keys() >= {"id", "name", "avatar", "last_message"}
    assert (first["id"], first["name"], first["avatar"]) == (chats[0], "Writers 0", "")
    assert (first["last_message"]["text"], first["last_message"]["sender"]) == ("Kek kek kek", "Nagibator")
    assert TIME.fullmatch(first["last_message"]["created"])
    assert second["last_message"] is None
    await has_pages(lev, "/chats", [chats[0], *chats[:0:-1]])


@pytest.mark.route("GET /chats/{id}/details")
async def test_chat_details(lev, anna, person):
    chat = await lev.chat(anna, name="Writers")
    details = await anna.read(f"/chats/{chat}/details")
    assert details.keys() >= CHAT
    expected = {"id": chat, "name": "Writers", "avatar": "", "users_count": 2, "admin": "Nagibator", "muted": False}
    assert {field: details[field] for field in CHAT} == expected
    await person("boris")
    for change, count in ((f"/user/boris/invite/{chat}", 3), (f"/chats/{chat}/exclude/boris", 2)):
        await anna.ok(change)
        assert (await lev.read(f"/chats/{chat}/details"))["users_count"] == count
    refused(await anna.get(f"/chats/{chat + 1}/details"), 404, "No such chat")


@pytest.mark.route("GET /chats/{id}/users")
async def test_chat_users_show_the_tree_of_invitations(lev, anna, person):
    boris, vera = await person("boris"), await person("vera")
    chat = await lev.chat(anna)
    await anna.ok(f"/user/boris/invite/{chat}")
    await boris.ok(f"/user/vera/invite/{chat}")
    seen = await members(anna, chat)
    assert all(member.keys() >= CARD | {"inviter", "canDelete"} for member in seen.values())
    assert (seen["Nagibator"]["name"], seen["Nagibator"]["avatar"]) == ("Lev Tolstoy", "/avatar/url")
    inviters = {nickname: member["inviter"] for nickname, member in seen.items()}
    assert inviters == {"Nagibator": "", "anna": "Nagibator", "boris": "anna", "vera": "boris"}
    below = {lev: {"anna", "boris", "vera"}, anna: {"boris", "vera"}, boris: {"vera"}, vera: set()}
    for asker, children in below.items():
        seen = await members(asker, chat)
        assert {nickname for nickname, member in seen.items() if member["canDelete"] is True} == children
        assert {nickname for nickname, member in seen.items() if member["canDelete"] is False} == seen.keys() - children


@pytest.mark.route("GET /chats/{id}/messages/page/{page}")
async def test_chat_messages(lev, anna):
    chat = await lev.chat(anna)
    sent = [await lev.say(chat, str(number)) for number in range(25)]
    sent.append(await anna.say(chat, "Kek kek", parent_id=sent[3]["id"]))
    await lev.ok(f"/message/{sent[-1]['id']}/vote")
    path = f"/chats/{chat}/messages"
    for reader, voted in ((lev, True), (anna, False)):
        shown = (await reader.read(f"{path}/page/1"))[0]
        assert shown.keys() >= MESSAGE
        assert (shown["author"], shown["text"], shown["parent_id"]) == ("anna", "Kek kek", sent[3]["id"])
        assert (shown["edited"], shown["voted"], shown["votes"]) == (False, voted, 1)
        assert TIME.fullmatch(shown["created"])
    await has_pages(anna, path, [message["id"] for message in reversed(sent)])


@pytest.mark.route("POST /user/{id}/invite/{chat}")
async def test_invite_user_to_chat(lev, anna, person):
    boris, chat = await person("boris"), await lev.chat()
    refused(await boris.post(f"/user/{anna.id}/invite/{chat}"), 404, "No such chat")
    for _ in range(2):
        assert await lev.ok(f"/user/{anna.id}/invite/{chat}") == EMPTY
    assert (await members(anna, chat))["anna"]["inviter"] == "Nagibator"
    refused(await lev.post(f"/user/5/invite/{chat}"), 404, "No such user")


@pytest.mark.route("POST /chats/{id}/edit")
async def test_edit_chat(lev, anna):
    chat = await lev.chat(anna)
    await lev.ok(f"/chats/{chat}/edit", {"avatar": "/avatar/url"})
    before = await lev.read(f"/chats/{chat}/details")
    edited = await lev.ok(f"/chats/{chat}/edit", {"name": "New chat name"})
    assert edited == before | {"name": "New chat name"} == await anna.read(f"/chats/{chat}/details")
    assert await lev.ok(f"/chats/{chat}/edit", {}) == edited
    assert await lev.ok(f"/chats/{chat}/edit", {"avatar": ""}) == edited | {"avatar": ""}
    refused(await lev.post(f"/chats/{chat}/edit", {"name": ""}), 400, "Required field", "name")


@pytest.mark.route("POST /chats/{id}/leave")
async def test_leave_chat(lev, anna):
    chat = await lev.chat(anna)
    assert await anna.ok(f"/chats/{chat}/leave") == EMPTY
    assert (await members(lev, chat)).keys() == {"Nagibator"}
    assert await anna.read("/chats/page/1") == []
    refused(await anna.post(f"/chats/{chat}/leave"), 404, "No such chat")


@pytest.mark.route("POST /chats/{id}/exclude/{user}")
async def test_exclude_user_from_chat(lev, anna, person):
    boris, chat = await person("boris"), await lev.chat(anna)
    await anna.ok(f"/user/boris/invite/{chat}")
    not_below = "You can exclude only those whom you or your guests invited"
    refused(await boris.post(f"/chats/{chat}/exclude/{anna.id}"), 403, not_below)
    assert await lev.ok(f"/chats/{chat}/exclude/{boris.id}") == EMPTY
    refused(await boris.get(f"/chats/{chat}/details"), 404, "No such chat")
    refused(await lev.post(f"/chats/{chat}/exclude/{boris.id}"), 404, "No such member in this chat")


@pytest.mark.route("GET /messages/voted/page/{page}")
async def test_voted_messages(lev, anna):
    chat = await lev.chat(anna)
    sent = [(await lev.say(chat, str(number)))["id"] for number in range(27)]
    for id in sent[1:]:
        await anna.ok(f"/message/{id}/vote")
    first = (await anna.read("/messages/voted/page/1"))[0]
    assert first.keys() >= MESSAGE
    assert (first["voted"], first["votes"], first["author"]) == (True, 1, "Nagibator")
    await has_pages(anna, "/messages/voted", sent[:0:-1])
    assert await lev.read("/messages/voted/page/1") == []
    await anna.ok(f"/chats/{chat}/leave")
    assert await anna.read("/messages/voted/page/1") == []


@pytest.mark.route("GET /message/{id}/details")
async def test_message(lev, anna):
    chat = await lev.chat(anna, name="Chat name")
    said, written = await lev.say(chat, "message text"), await write(lev, anna)
    for id, place in ((said["id"], "chat_id"), (written["id"], "conversation_id")):
        details = await anna.read(f"/message/{id}/details")
        assert details.keys() >= MESSAGE_DETAILS
        assert (details["author"]["nickname"], details["author"]["name"]) == ("Nagibator", "Lev Tolstoy")
        assert {"chat_id", "conversation_id"} & details.keys() == {place}
    shown = await anna.read(f"/message/{said['id']}/details")
    assert (shown["id"], shown["text"], shown["created"]) == (said["id"], "message text", said["created"])
    assert (shown["votes"], shown["voted"], shown["edited"], shown["parent_id"]) == (0, False, False, 0)
    assert (shown["chat_id"], shown["chat_name"]) == (chat, "Chat name")
    assert details["conversation_id"] == written["conversation_id"]
    assert "chat_name" not in details
    refused(await anna.get("/message/5/details"), 404, "No such message")


@pytest.mark.route("POST /message/{id}/vote")
async def test_change_vote_for_message(lev, anna):
    said = (await lev.say(await lev.chat(anna), "vote!"))["id"]
    assert await anna.ok(f"/message/{said}/vote") == {"votes": 1, "voted": True}
    assert await lev.ok(f"/message/{said}/vote") == {"votes": 2, "voted": True}
    assert await anna.ok(f"/message/{said}/vote") == {"votes": 1, "voted": False}


@pytest.mark.route("POST /message/{id}/edit")
async def test_edit_message(lev, anna):
    chat = await lev.chat(anna)
    root = (await anna.say(chat, "root"))["id"]
    said = await lev.say(chat, "message text", parent_id=root)
    path = f"/message/{said['id']}"
    before = await lev.read(f"{path}/details")
    assert await lev.ok(f"{path}/edit", {}) == before
    edited = await lev.ok(f"{path}/edit", {"text": "New message text"})
    assert edited == await lev.read(f"{path}/details")
    expected = {"text": "New message text", "parent_id": root, "edited": True}
    assert {field: edited[field] for field in expected} == expected
    for cleared in (0, ""):
        await lev.ok(f"{path}/edit", {"parent_id": root})
        moved = await lev.ok(f"{path}/edit", {"parent_id": cleared})
        assert (moved["parent_id"], moved["text"]) == (0, "New message text")
    refused(await lev.post(f"{path}/edit", {"text": ""}), 400, "A message needs a text", "text")
    refused(await anna.post(f"{path}/edit", {"text": "mine"}), 403, "You can change only your own message")


@pytest.mark.route("POST /message/{id}/delete")
async def test_delete_message(lev, anna):
    said = (await lev.say(await lev.chat(anna), "message text"))["id"]
    refused(await anna.post(f"/message/{said}/delete"), 403, "You can change only your own message")
    assert await lev.ok(f"/message/{said}/delete") == EMPTY
    refused(await anna.get(f"/message/{said}/details"), 410, "Message deleted")
