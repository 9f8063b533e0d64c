"""Chats: founding, inviting, excluding along the tree of invitations, leaving, muting."""


async def users(person, chat):
    return {user["nickname"]: user for user in await person.read(f"/chats/{chat}/users")}


async def test_a_founded_chat_has_its_admin_and_guests(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.ok("/chats", {"name": "Writers", "users": ["anna", "anna", "lyova"]})
    assert (chat["name"], chat["users_count"], chat["admin"], chat["muted"]) == ("Writers", 2, "lyova", False)
    assert await anna.read(f"/chats/{chat['id']}/details") == chat
    members = await users(anna, chat["id"])
    assert {name: user["inviter"] for name, user in members.items()} == {"lyova": "", "anna": "lyova"}


async def test_one_excludes_only_those_below_in_the_tree(person):
    admin, anna, boris, vera = [await person(name) for name in ("admin", "anna", "boris", "vera")]
    chat = await admin.chat(anna)
    await anna.ok(f"/user/boris/invite/{chat}")
    await boris.ok(f"/user/{vera.id}/invite/{chat}")
    below = {name: user["canDelete"] for name, user in (await users(anna, chat)).items()}
    assert below == {"admin": False, "anna": False, "boris": True, "vera": True}
    assert (await vera.post(f"/chats/{chat}/exclude/{anna.id}")).codes == {"MAY_NOT_EXCLUDE"}
    assert (await boris.post(f"/chats/{chat}/exclude/admin")).codes == {"MAY_NOT_EXCLUDE"}
    await anna.ok(f"/chats/{chat}/exclude/{vera.id}")
    assert (await vera.get(f"/chats/{chat}/details")).codes == {"NO_SUCH_CHAT"}
    assert (await anna.post(f"/chats/{chat}/exclude/{vera.id}")).codes == {"NOT_A_MEMBER"}
    await admin.ok(f"/chats/{chat}/exclude/boris")
    assert set(await users(admin, chat)) == {"admin", "anna"}


async def test_whoever_is_invited_back_by_their_own_guest_is_not_below_them(person):
    admin, anna, boris = [await person(name) for name in ("admin", "anna", "boris")]
    chat = await admin.chat(anna)
    await anna.ok(f"/user/boris/invite/{chat}")
    await anna.ok(f"/chats/{chat}/leave")
    await boris.ok(f"/user/anna/invite/{chat}")
    assert (await users(boris, chat))["anna"]["canDelete"] is False
    assert (await users(anna, chat))["boris"]["canDelete"] is True


async def test_an_admins_office_goes_to_who_came_first(person):
    admin, anna, boris = [await person(name) for name in ("admin", "anna", "boris")]
    chat = await admin.chat(anna, boris)
    await admin.ok(f"/chats/{chat}/leave")
    assert (await boris.read(f"/chats/{chat}/details"))["admin"] == "anna"
    await anna.ok(f"/chats/{chat}/edit", {"name": "Ours"})
    assert (await boris.post(f"/chats/{chat}/edit", {"name": "Mine"})).codes == {"ONLY_ADMIN"}


async def test_editing_changes_what_is_given(person):
    lyova = await person("lyova")
    chat = await lyova.chat()
    await lyova.ok(f"/chats/{chat}/edit", {"avatar": "/pictures/1"})
    edited = await lyova.ok(f"/chats/{chat}/edit", {"name": "Поэты"})
    assert (edited["name"], edited["avatar"]) == ("Поэты", "/pictures/1")
    assert (await lyova.ok(f"/chats/{chat}/edit", {"avatar": ""}))["avatar"] == ""
    assert (await lyova.post(f"/chats/{chat}/edit", {"name": ""})).codes == {"name:REQUIRED_FIELD"}


async def test_muting_is_ones_own_affair(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    await anna.ok(f"/chats/{chat}/mute")
    assert (await anna.read(f"/chats/{chat}/details"))["muted"] is True
    assert (await lyova.read(f"/chats/{chat}/details"))["muted"] is False
    await anna.ok(f"/chats/{chat}/unmute")
    assert (await anna.read(f"/chats/{chat}/details"))["muted"] is False


async def test_the_list_is_ordered_by_the_latest_words(person):
    lyova, anna = await person("lyova"), await person("anna")
    first, second = await lyova.chat(anna, name="first"), await lyova.chat(anna, name="second")
    assert [chat["name"] for chat in await anna.read("/chats/page/1")] == ["second", "first"]
    await lyova.say(first, "hello")
    chats = await anna.read("/chats/page/1")
    assert [(chat["name"], chat["unread"]) for chat in chats] == [("first", 1), ("second", 0)]
    assert chats[0]["last_message"]["text"] == "hello"
    assert chats[0]["last_message"]["sender"] == "lyova"
    assert chats[1]["last_message"] is None
    assert second == chats[1]["id"]


async def test_the_list_comes_in_pages_of_25(person):
    lyova = await person("lyova")
    chats = [await lyova.chat(name=str(number)) for number in range(27)]
    first = await lyova.get("/chats/page/1")
    assert [chat["id"] for chat in first.body] == chats[:1:-1]
    assert first.headers["Link"] == '</chats/page/2>; rel="next"'
    last = await lyova.get("/chats/page/2")
    assert [chat["id"] for chat in last.body] == chats[1::-1]
    assert "Link" not in last.headers
    assert (await lyova.read(f"/chats/page/1?before={chats[2]}")) == last.body
    assert await lyova.read("/chats/page/3") == []


async def test_what_was_said_before_one_came_counts_as_read(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat()
    await lyova.say(chat, "one")
    await lyova.ok(f"/user/anna/invite/{chat}")
    assert (await anna.read("/chats/page/1"))[0]["unread"] == 0
    said = await lyova.say(chat, "two")
    await lyova.say(chat, "three")
    assert (await anna.read("/chats/page/1"))[0]["unread"] == 2
    await anna.ok(f"/chats/{chat}/read", {"id": said["id"]})
    summary = (await anna.read("/chats/page/1"))[0]
    assert (summary["unread"], summary["read_id"]) == (1, said["id"])
    await anna.say(chat, "four")
    assert (await anna.read("/chats/page/1"))[0]["unread"] == 0


async def test_a_stranger_gets_the_same_answer_for_not_there_and_not_yours(person):
    lyova, stranger = await person("lyova"), await person("stranger")
    chat = await lyova.chat()
    message = (await lyova.say(chat, "secret"))["id"]
    for method, path, body in [
        ("GET", "/chats/{}/details", None),
        ("GET", "/chats/{}/users", None),
        ("GET", "/chats/{}/messages/page/1", None),
        ("POST", "/chats/{}/messages", {"text": "hi"}),
        ("POST", "/chats/{}/edit", {"name": "mine"}),
        ("POST", "/chats/{}/leave", {}),
        ("POST", "/chats/{}/mute", {}),
        ("POST", "/chats/{}/read", {"id": message}),
        ("POST", "/chats/{}/exclude/lyova", {}),
        ("POST", "/user/stranger/invite/{}", {}),
    ]:
        theirs = await stranger.ask(method, path.format(chat), json=body)
        absent = await stranger.ask(method, path.format(chat + 1), json=body)
        assert (theirs.status, theirs.body) == (absent.status, absent.body) == (404, theirs.body), path
    for method, path, body in [
        ("GET", "/message/{}/details", None),
        ("POST", "/message/{}/vote", {}),
        ("POST", "/message/{}/edit", {"text": "x"}),
        ("POST", "/message/{}/delete", {}),
    ]:
        theirs = await stranger.ask(method, path.format(message), json=body)
        absent = await stranger.ask(method, path.format(message + 1), json=body)
        assert (theirs.status, theirs.body) == (absent.status, absent.body) == (404, theirs.body), path
