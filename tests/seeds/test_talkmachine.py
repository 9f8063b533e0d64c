"""The TalkMachine seed (talkmachine.txt), in the order of the document: its messages, then route by route."""

import re

import pytest

from chatsrv.errors import Code
from tests.clients import Person

PASSWORD = "qwerty123"
CARD = {"nickname", "name", "avatar"}
MESSAGE = {"id", "author", "created", "text", "parent_id", "edited", "voted", "votes"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NO_PAGES = ["0", "-1", "abc", "1000000000000", "1.5", "%00"]


@pytest.fixture
async def nobody(server):
    """Somebody without an account."""
    client = Person(server, "nobody")
    yield client
    await client.close()


@pytest.fixture
async def writers(person):
    """Three people; the first one's chat has the second, who invited the third."""
    lyova, anna, boris = [await person(name) for name in ("Lyova", "Anna", "Boris")]
    chat = await lyova.chat(anna)
    await anna.ok(f"/user/{boris.id}/invite/{chat}")
    return lyova, anna, boris, chat


def form(reply, status, **fields):
    """Check an error in the form's shape: the texts of each field, "global" for the form as a whole."""
    assert reply.status == status, reply.body
    assert reply.body.keys() == {"global", "fields"}
    texts = {name: [aeo["t"] for aeo in aeos] for name, aeos in reply.body["fields"].items()}
    whole = [aeo["t"] for aeo in reply.body["global"]]
    assert texts | ({"global": whole} if whole else {}) == {name: [text] for name, text in fields.items()}


async def paged_by_25(person, path, count, key="id"):
    """Check that a list of so many comes in pages of 25, numbered from 1, and ends with empty ones; return its keys."""
    pages = [await person.read(f"{path}/{number}") for number in range(1, count // 25 + 2)]
    assert [len(page) for page in pages] == [25] * (count // 25) + [count % 25]
    assert await person.read(f"{path}/{count // 25 + 2}") == []
    for number in NO_PAGES:
        assert (await person.get(f"{path}/{number}")).codes == {"BAD_PAGE"}, number
    return [item[key] for page in pages for item in page]


async def test_an_atomic_message_has_a_code_a_text_and_data_where_there_is_some(nobody):
    body = {"email": "no address", "nickname": "Lyova", "password": PASSWORD}
    [aeo] = (await nobody.post("/user/register", body)).body["fields"]["email"]
    assert aeo == {"c": Code.BAD_EMAIL.number, "t": "Incorrect email format", "d": "no address"}


def test_a_code_is_two_bits_channel_two_result_four_topic_eight_subtopic():
    for code in Code:
        assert 0 <= code.number < 1 << 14, "the channel's two bits are the edge's"
        assert (code.number >> 12 == 0b00) == (code.status == 200), "00 is success, 10 an error"


@pytest.mark.route("GET /user/me")
async def test_get_me(person):
    lyova = await person("Lyova")
    me = await lyova.read("/user/me")
    assert me.keys() >= CARD | {"email", "bio"}
    assert (me["nickname"], me["email"], me["bio"]) == ("Lyova", "Lyova@example.org", "")


@pytest.mark.route("GET /user/{nickname}/details")
async def test_get_user_details(person):
    lyova, anna = await person("Lyova"), await person("Anna")
    details = await lyova.read("/user/Anna/details")
    assert details.keys() >= CARD | {"bio", "last_seen"}
    assert "email" not in details
    assert TIME.fullmatch(details["last_seen"])
    await anna.read("/user/me")
    assert (await lyova.read("/user/Anna/details"))["last_seen"] > details["last_seen"], "kept current"
    form(await lyova.get("/user/Nobody/details"), 404, **{"global": "No such user"})


@pytest.mark.route("GET /user/{nickname}/short", "POST /user/delete")
async def test_get_user_short(person):
    lyova, anna = await person("Lyova"), await person("Anna")
    assert (await lyova.read("/user/Anna/short")).keys() >= CARD
    await anna.ok("/user/delete", {"password": "Secret-word-1"})
    gone = await lyova.get(f"/user/{anna.id}/short")
    assert (gone.status, gone.body["global"][0]["t"]) == (410, "User deleted")


@pytest.mark.route("POST /user/{nickname}/add", "POST /user/{nickname}/remove")
async def test_add_to_and_remove_from_contacts(person):
    lyova, anna = await person("Lyova"), await person("Anna")
    for _ in range(2):
        assert await lyova.ok("/user/Anna/add") == {}
        assert [card["nickname"] for card in await lyova.read("/contacts/page/1")] == ["Anna"]
    assert await anna.read("/contacts/page/1") == [], "only one's own list changes"
    for _ in range(2):
        assert await lyova.ok("/user/Anna/remove") == {}
        assert await lyova.read("/contacts/page/1") == []
    form(await lyova.post("/user/Nobody/add"), 404, **{"global": "No such user"})


@pytest.mark.route("POST /user/login")
async def test_login(person, nobody):
    lyova = await person("Lyova")
    answer = await nobody.ok("/user/login", {"email": "Lyova@example.org", "password": "Secret-word-1"})
    assert answer.items() >= (await lyova.read("/user/me")).items(), "the same as /user/me"
    for body in ({"email": "Lyova@example.org", "password": "x" * 9}, {"email": "no@one.org", "password": PASSWORD}):
        form(await nobody.post("/user/login", body), 401, **{"global": "Incorrect email or password"})
    form(await nobody.post("/user/login", {}), 400, email="Required field", password="Required field")


async def test_the_web_client_keeps_the_token_and_sends_it_its_own_way(person, nobody):
    await person("Lyova")
    token = (await nobody.ok("/user/login", {"email": "Lyova@example.org", "password": "Secret-word-1"}))["token"]
    reply = await nobody.ask("GET", "/user/me", headers={"Authorization": f"Token {token}"})
    assert (reply.status, reply.body["nickname"]) == (200, "Lyova")


@pytest.mark.route("POST /user/register", "POST /user/signup")
@pytest.mark.parametrize("path", ["/user/register", "/user/signup"])
async def test_registration(nobody, path):
    body = {"email": "lev.tolstoy@ya.ru", "nickname": "Lyova", "password": PASSWORD}
    made = await nobody.ok(path, body)
    nobody.token = made["token"]
    assert made.items() >= (await nobody.read("/user/me")).items(), "the same as /user/me"
    other = {"email": "other@ya.ru", "nickname": "Other"}
    form(await nobody.post(path, body | {"nickname": "Other"}), 409, email="Email already in use")
    form(await nobody.post(path, body | {"email": "other@ya.ru"}), 409, nickname="Nickname already in use")
    form(await nobody.post(path, body | other | {"email": "ya.ru"}), 400, email="Incorrect email format")
    form(await nobody.post(path, body | other | {"password": "short"}), 400, password="Minimum length 8 characters")
    differing = body | other | {"password_confirmation": "another"}
    form(await nobody.post(path, differing), 400, password_confirmation="Passwords do not match")
    required = dict.fromkeys(("email", "nickname", "password"), "Required field")
    form(await nobody.post(path, {}), 400, **required)


@pytest.mark.route("POST /user/logout")
async def test_logout(person):
    lyova = await person("Lyova")
    said = await lyova.ok("/user/logout")
    assert said == {"c": Code.LOGGED_OUT.number, "t": "Logged out successfully"}
    form(await lyova.post("/user/logout"), 401, **{"global": "Can not log out"})


@pytest.mark.route("POST /user/edit")
async def test_edit_user(person, nobody):
    lyova = await person("Lyova")
    new = {"password": "new_password123", "nickname": "newNickname", "bio": "New bio", "name": "Sanya Pushkin"}
    edited = await lyova.ok("/user/edit", new)
    assert edited == await lyova.read("/user/me"), "the same as /user/me"
    assert edited.items() >= {name: new[name] for name in ("nickname", "bio", "name")}.items()
    await nobody.ok("/user/login", {"email": "Lyova@example.org", "password": "new_password123"})
    assert (await lyova.ok("/user/edit", {"bio": ""})).items() >= {"bio": "", "name": "Sanya Pushkin"}.items()
    assert await lyova.ok("/user/edit", {}) == await lyova.read("/user/me")


@pytest.mark.route("GET /contacts/page/{page}")
async def test_get_contacts(person, server):
    lyova = await person("Lyova")
    names = [f"Reader{number}" for number in range(28)]
    for name in names:
        await person(name)
        await lyova.ok(f"/user/{name}/add")
    assert (await lyova.read("/contacts/page/1"))[0].keys() >= CARD
    assert await paged_by_25(lyova, "/contacts/page", 28, key="nickname") == names[::-1]


@pytest.mark.route("GET /conversations/page/{page}", "GET /messages/conversations/page/{page}")
@pytest.mark.route("POST /user/{nickname}/message")
async def test_get_conversations_list(person):
    lyova = await person("Lyova")
    names = [f"Reader{number}" for number in range(27)]
    for name in names:
        await person(name)
        await lyova.ok(f"/user/{name}/message", {"text": f"Kek to {name}"})
    latest = (await lyova.read("/conversations/page/1"))[0]
    assert latest["user"].keys() >= CARD
    assert latest["last_message"].items() >= {"text": "Kek to Reader26", "sender": "Lyova"}.items()
    assert TIME.fullmatch(latest["last_message"]["created"])
    users = await paged_by_25(lyova, "/conversations/page", 27, key="user")
    assert [user["nickname"] for user in users] == names[::-1]
    assert await lyova.read("/messages/conversations/page/1") == await lyova.read("/conversations/page/1")


@pytest.mark.route("GET /conversations/{id}", "POST /conversations/{id}/messages")
async def test_get_conversation_info(person):
    lyova, anna, stranger = [await person(name) for name in ("Lyova", "Anna", "Stranger")]
    id = (await lyova.ok("/user/Anna/message", {"text": "Kek"}))["conversation_id"]
    await anna.ok(f"/conversations/{id}/messages", {"text": "Kek kek"})
    info = await lyova.read(f"/conversations/{id}")
    assert info["id"] == id
    assert info["user"].items() >= {"nickname": "Anna", "name": "", "avatar": ""}.items()
    assert info["last_message"].items() >= {"text": "Kek kek", "author": "Anna"}.items()
    form(await stranger.get(f"/conversations/{id}"), 404, **{"global": "No such conversation"})


@pytest.mark.route("GET /conversations/{id}/messages/page/{page}", "GET /conversations/{id}/messages")
@pytest.mark.route("POST /conversations/{id}/read")
async def test_get_conversation_messages(person):
    lyova, anna = await person("Lyova"), await person("Anna")
    first = await lyova.ok("/user/Anna/message", {"text": "0"})
    path = f"/conversations/{first['conversation_id']}/messages"
    ids = [first["id"]]
    ids += [(await anna.ok(path, {"text": str(n), "parent_id": first["id"]}))["id"] for n in range(1, 30)]
    assert await paged_by_25(lyova, f"{path}/page", 30) == ids[::-1]
    newest = (await lyova.read(f"{path}/page/1"))[0]
    assert newest.keys() >= MESSAGE
    shown = {"author": "Anna", "text": "29", "parent_id": first["id"], "edited": False, "voted": False, "votes": 0}
    assert newest.items() >= shown.items()
    assert (await lyova.read(f"{path}/page/2"))[-1]["parent_id"] == 0, "0 is a root"
    assert await lyova.read(path) == await lyova.read(f"{path}/page/1")
    assert await lyova.ok(f"/conversations/{first['conversation_id']}/read", {"id": ids[-1]}) == {}
    assert (await lyova.read(f"/conversations/{first['conversation_id']}"))["unread"] == 0


@pytest.mark.route("GET /chats/page/{page}", "POST /chats")
async def test_get_chats_list(person):
    lyova = await person("Lyova")
    ids = [await lyova.chat(name=f"Writers {number}") for number in range(26)]
    await lyova.say(ids[0], "Kek kek")
    latest = (await lyova.read("/chats/page/1"))[0]
    assert latest.items() >= {"id": ids[0], "name": "Writers 0", "avatar": ""}.items()
    assert latest["last_message"].items() >= {"text": "Kek kek", "sender": "Lyova"}.items()
    assert await paged_by_25(lyova, "/chats/page", 26) == [ids[0], *ids[:0:-1]]


@pytest.mark.route("GET /chats/{id}/details", "POST /chats/{id}/mute", "POST /chats/{id}/unmute")
async def test_get_chat_details(writers):
    lyova, anna, _, chat = writers
    details = await anna.read(f"/chats/{chat}/details")
    shown = {"id": chat, "name": "Writers", "avatar": "", "users_count": 3, "admin": "Lyova", "muted": False}
    assert details.items() >= shown.items()
    for what, muted in (("mute", True), ("mute", True), ("unmute", False)):
        await anna.ok(f"/chats/{chat}/{what}")
        assert (await anna.read(f"/chats/{chat}/details"))["muted"] is muted
        assert (await lyova.read(f"/chats/{chat}/details"))["muted"] is False, "each mutes for themselves"


@pytest.mark.route("GET /chats/{id}/users")
async def test_get_chat_users(writers):
    lyova, anna, boris, chat = writers
    users = await lyova.read(f"/chats/{chat}/users")
    assert users[0].keys() >= CARD | {"inviter", "canDelete"}
    assert {user["nickname"]: user["inviter"] for user in users} == {"Lyova": "", "Anna": "Lyova", "Boris": "Anna"}
    may_delete = {
        "Lyova": {"Anna", "Boris"},
        "Anna": {"Boris"},
        "Boris": set(),
    }
    for person in (lyova, anna, boris):
        seen = await person.read(f"/chats/{chat}/users")
        assert {user["nickname"] for user in seen if user["canDelete"]} == may_delete[person.nickname]


@pytest.mark.route("GET /chats/{id}/messages/page/{page}", "GET /chats/{id}/messages", "POST /chats/{id}/messages")
@pytest.mark.route("POST /chats/{id}/read")
async def test_get_chat_messages(writers):
    lyova, anna, _, chat = writers
    first = await lyova.say(chat, "0")
    ids = [first["id"]] + [(await anna.say(chat, str(n), parent_id=first["id"]))["id"] for n in range(1, 50)]
    await lyova.ok(f"/message/{ids[-1]}/vote")
    assert await paged_by_25(lyova, f"/chats/{chat}/messages/page", 50) == ids[::-1]
    newest = (await lyova.read(f"/chats/{chat}/messages/page/1"))[0]
    assert newest.keys() >= MESSAGE
    shown = {"author": "Anna", "text": "49", "parent_id": first["id"], "edited": False, "voted": True, "votes": 1}
    assert newest.items() >= shown.items()
    assert (await anna.read(f"/chats/{chat}/messages"))[0]["voted"] is False, "voted is the reader's"
    assert await lyova.ok(f"/chats/{chat}/read", {"id": ids[-1]}) == {}


async def test_a_parent_is_older_and_of_the_same_chat(writers):
    lyova, _, _, chat = writers
    elsewhere = await lyova.say(await lyova.chat(name="Elsewhere"), "x")
    first, second = await lyova.say(chat, "1"), await lyova.say(chat, "2")
    sentence = "The parent must be an older message of the same chat"
    for parent in (elsewhere["id"], second["id"] + 1, 12345):
        reply = await lyova.post(f"/chats/{chat}/messages", {"text": "x", "parent_id": parent})
        form(reply, 400, parent_id=sentence)
    for parent in (first["id"], second["id"], elsewhere["id"]):
        form(await lyova.post(f"/message/{first['id']}/edit", {"parent_id": parent}), 400, parent_id=sentence)


@pytest.mark.route("POST /user/{id}/invite/{chat}")
async def test_invite_user_to_chat(writers, person):
    lyova, _, boris, chat = writers
    vera = await person("Vera")
    assert await boris.ok(f"/user/Vera/invite/{chat}") == {}
    inviters = {user["nickname"]: user["inviter"] for user in await lyova.read(f"/chats/{chat}/users")}
    assert inviters["Vera"] == "Boris"
    assert (await vera.read(f"/chats/{chat}/details"))["users_count"] == 4
    stranger = await person("Stranger")
    form(await stranger.post(f"/user/{stranger.id}/invite/{chat}"), 404, **{"global": "No such chat"})


@pytest.mark.route("POST /chats/{id}/edit")
async def test_edit_chat(writers):
    lyova, anna, _, chat = writers
    await lyova.ok(f"/chats/{chat}/edit", {"avatar": "/web/icon.svg"})
    edited = await lyova.ok(f"/chats/{chat}/edit", {"name": "New chat name"})
    assert edited == await lyova.read(f"/chats/{chat}/details"), "the same as details"
    assert (edited["name"], edited["avatar"]) == ("New chat name", "/web/icon.svg"), "what is absent stays"
    assert (await lyova.ok(f"/chats/{chat}/edit", {"avatar": ""}))["avatar"] == "", "what is empty is cleared"
    form(
        await anna.post(f"/chats/{chat}/edit", {"name": "mine"}), 403, **{"global": "Only the chat's admin may do this"}
    )


@pytest.mark.route("POST /chats/{id}/leave")
async def test_leave_chat(writers):
    lyova, anna, boris, chat = writers
    assert await anna.ok(f"/chats/{chat}/leave") == {}
    form(await anna.get(f"/chats/{chat}/details"), 404, **{"global": "No such chat"})
    left = {user["nickname"]: user["inviter"] for user in await boris.read(f"/chats/{chat}/users")}
    assert left == {"Lyova": "", "Boris": "Anna"}, "whom one invited stays"
    deletable = [user["nickname"] for user in await lyova.read(f"/chats/{chat}/users") if user["canDelete"]]
    assert deletable == ["Boris"], "and stays below one's own inviter"
    assert (await lyova.read(f"/chats/{chat}/details"))["users_count"] == 2


@pytest.mark.route("POST /chats/{id}/exclude/{user}")
async def test_exclude_user_from_chat(writers):
    lyova, anna, boris, chat = writers
    refused = await boris.post(f"/chats/{chat}/exclude/{anna.id}")
    assert (refused.status, refused.codes) == (403, {"MAY_NOT_EXCLUDE"})
    assert await lyova.ok(f"/chats/{chat}/exclude/{boris.id}") == {}, "a guest's guest"
    form(await boris.get(f"/chats/{chat}/messages"), 404, **{"global": "No such chat"})
    assert (await lyova.post(f"/chats/{chat}/exclude/{boris.id}")).codes == {"NOT_A_MEMBER"}


@pytest.mark.route("GET /messages/voted/page/{page}")
async def test_get_voted_messages(writers):
    lyova, anna, _, chat = writers
    ids = [(await anna.say(chat, str(number)))["id"] for number in range(26)]
    for id in ids:
        await lyova.ok(f"/message/{id}/vote")
    assert await paged_by_25(lyova, "/messages/voted/page", 26) == ids[::-1]
    assert (await lyova.read("/messages/voted/page/1"))[0].keys() >= MESSAGE
    assert await anna.read("/messages/voted/page/1") == []


@pytest.mark.route("GET /message/{id}/details")
async def test_get_message(writers, person):
    lyova, anna, _, chat = writers
    said = await lyova.say(chat, "message text")
    details = await anna.read(f"/message/{said['id']}/details")
    assert details["author"].items() >= {"nickname": "Lyova", "name": ""}.items()
    shown = {"text": "message text", "votes": 0, "voted": False, "edited": False, "parent_id": 0}
    assert details.items() >= (shown | {"id": said["id"], "chat_id": chat, "chat_name": "Writers"}).items()
    dear = await lyova.ok("/user/Anna/message", {"text": "dear"})
    details = await anna.read(f"/message/{dear['id']}/details")
    assert details["conversation_id"] == dear["conversation_id"]
    assert not {"chat_id", "chat_name"} & details.keys()
    stranger = await person("Stranger")
    form(await stranger.get(f"/message/{said['id']}/details"), 404, **{"global": "No such message"})


@pytest.mark.route("POST /message/{id}/vote")
async def test_change_vote_for_message(writers):
    lyova, anna, _, chat = writers
    said = await lyova.say(chat, "message text")
    assert await anna.ok(f"/message/{said['id']}/vote") == {"votes": 1, "voted": True}
    assert await lyova.ok(f"/message/{said['id']}/vote") == {"votes": 2, "voted": True}
    assert await anna.ok(f"/message/{said['id']}/vote") == {"votes": 1, "voted": False}


@pytest.mark.route("POST /message/{id}/edit")
async def test_edit_message(writers):
    lyova, anna, _, chat = writers
    first, second = await lyova.say(chat, "first"), await lyova.say(chat, "second")
    path = f"/message/{second['id']}/edit"
    edited = await lyova.ok(path, {"text": "New message text"})
    assert edited == await lyova.read(f"/message/{second['id']}/details"), "the same as details"
    assert (edited["text"], edited["parent_id"], edited["edited"]) == ("New message text", 0, True)
    edited = await lyova.ok(path, {"parent_id": first["id"]})
    assert (edited["text"], edited["parent_id"]) == ("New message text", first["id"]), "what is absent stays"
    assert (await lyova.ok(path, {"parent_id": 0}))["parent_id"] == 0, "0 makes it a root again"
    # A message of nothing would be a deletion under another name.
    form(await lyova.post(path, {"text": ""}), 400, text="A message needs a text")
    assert (await anna.post(path, {"text": "not mine"})).codes == {"NOT_YOUR_MESSAGE"}


@pytest.mark.route("POST /message/{id}/delete")
async def test_delete_message(writers):
    lyova, anna, _, chat = writers
    said = await lyova.say(chat, "message text")
    assert (await anna.post(f"/message/{said['id']}/delete")).codes == {"NOT_YOUR_MESSAGE"}
    assert await lyova.ok(f"/message/{said['id']}/delete") == {}
    form(await lyova.get(f"/message/{said['id']}/details"), 410, **{"global": "Message deleted"})
