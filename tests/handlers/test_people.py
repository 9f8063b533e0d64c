"""Accounts, sessions, profiles and contacts over REST."""

import asyncio

import pytest

from tests.clients import PASSWORD

GOOD = {"email": "lev@ya.ru", "nickname": "lyova", "password": "qwerty123"}


async def test_registering_answers_with_oneself_and_tokens(person):
    lyova = await person("lyova")
    me = await lyova.read("/user/me")
    assert me["nickname"] == "lyova"
    assert me["email"] == "lyova@example.org"
    assert (me["name"], me["bio"], me["avatar"], me["role"]) == ("", "", "", 0)
    assert not {"password", "password_hash"} & me.keys()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"email": "nobody"}, {"email:BAD_EMAIL"}),
        ({"email": "a b@c.d"}, {"email:BAD_EMAIL"}),
        ({"email": None}, {"email:WRONG_TYPE"}),
        ({"nickname": "a"}, {"nickname:BAD_NICKNAME"}),
        ({"nickname": "with space"}, {"nickname:BAD_NICKNAME"}),
        ({"nickname": "12345"}, {"nickname:BAD_NICKNAME"}),
        ({"nickname": "deleted-5"}, {"nickname:BAD_NICKNAME"}),
        ({"nickname": "a/b"}, {"nickname:BAD_NICKNAME"}),
        ({"nickname": ["lyova"]}, {"nickname:WRONG_TYPE"}),
        ({"nickname": {"$gt": ""}}, {"nickname:WRONG_TYPE"}),
        ({"password": "short12"}, {"password:PASSWORD_TOO_SHORT"}),
        ({"password": "x" * 129}, {"password:TOO_LONG"}),
        ({"password": 12345678}, {"password:WRONG_TYPE"}),
        ({"password_confirmation": "another"}, {"password_confirmation:PASSWORDS_DIFFER"}),
        ({"name": "x" * 101}, {"name:TOO_LONG"}),
        ({"name": "a\nb"}, {"name:BAD_CHARACTERS"}),
        ({"name": "a\x00b"}, {"name:BAD_CHARACTERS"}),
        ({"email": "x", "password": "y"}, {"email:BAD_EMAIL", "password:PASSWORD_TOO_SHORT"}),
    ],
)
async def test_each_wrong_field_is_named(person, change, codes):
    lyova = await person("somebody")
    reply = await lyova.post("/user/register", GOOD | change)
    assert (reply.status, reply.codes) == (400, codes)


async def test_a_wrong_email_is_given_back(person):
    reply = await (await person("somebody")).post("/user/register", GOOD | {"email": "nobody"})
    assert reply.body["fields"]["email"][0]["d"] == "nobody"


async def test_names_and_emails_are_unique_whatever_their_case(person):
    lyova = await person("lyova")
    taken = await lyova.post("/user/register", GOOD | {"nickname": "LYOVA"})
    assert (taken.status, taken.codes) == (409, {"nickname:NICKNAME_TAKEN"})
    taken = await lyova.post("/user/register", GOOD | {"nickname": "other", "email": "Lyova@Example.org"})
    assert (taken.status, taken.codes) == (409, {"email:EMAIL_TAKEN"})


async def test_unknown_fields_give_no_power(person):
    body = GOOD | {"role": 2, "id": 1, "disabled": False, "created": 5}
    me = await (await person("somebody")).ok("/user/register", body)
    assert me["role"] == 0
    assert me["id"] != 1


async def test_logging_in_by_email_or_nickname(person):
    lyova = await person("lyova")
    for name in ("lyova@example.org", "LYOVA@example.org", "lyova"):
        assert (await lyova.ok("/user/login", {"email": name, "password": PASSWORD}))["id"] == lyova.id


async def test_a_wrong_name_and_a_wrong_password_look_the_same(person):
    lyova = await person("lyova")
    wrong_password = await lyova.post("/user/login", {"email": "lyova", "password": "x" * 10})
    wrong_name = await lyova.post("/user/login", {"email": "nobody", "password": "x" * 10})
    assert wrong_password.status == wrong_name.status == 401
    assert wrong_password.body == wrong_name.body


async def test_after_logging_out_the_tokens_are_dead(person):
    lyova = await person("lyova")
    done = await lyova.ok("/user/logout")
    assert done["t"] == "Logged out successfully"
    assert (await lyova.get("/user/me")).codes == {"BAD_TOKEN"}
    assert (await lyova.post("/user/refresh", {"refresh_token": lyova.refresh_token})).codes == {"BAD_TOKEN"}
    again = await lyova.post("/user/logout")
    assert (again.status, again.codes) == (401, {"LOGOUT_FAILED"})


async def test_logging_out_ends_only_this_session(person):
    lyova = await person("lyova")
    first = lyova.token
    await lyova.login()
    await lyova.ok("/user/logout")
    lyova.token = first
    assert (await lyova.get("/user/me")).status == 200


async def test_a_refresh_token_works_once_and_a_copy_of_it_ends_the_session(person):
    lyova = await person("lyova")
    renewed = await lyova.ok("/user/refresh", {"refresh_token": lyova.refresh_token})
    lyova.token = renewed["token"]
    assert (await lyova.get("/user/me")).status == 200
    assert (await lyova.post("/user/refresh", {"refresh_token": lyova.refresh_token})).status == 401
    assert (await lyova.get("/user/me")).status == 401


async def test_a_token_in_the_talkmachine_way_works(person):
    lyova = await person("lyova")
    token, lyova.token = lyova.token, ""
    assert (await lyova.ask("GET", "/user/me", headers={"Authorization": f"Token {token}"})).status == 200


async def test_editing_changes_what_is_given_and_clears_what_is_empty(person):
    lyova = await person("lyova")
    await lyova.ok("/user/edit", {"name": "Lev Tolstoy", "bio": "A writer"})
    me = await lyova.ok("/user/edit", {"bio": ""})
    assert (me["name"], me["bio"]) == ("Lev Tolstoy", "")
    assert (await lyova.ok("/user/edit", {"nickname": "leo"}))["nickname"] == "leo"
    assert (await lyova.get("/user/lyova/short")).status == 404


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "data:text/html,x", "/a b", "ftp://x"])
async def test_an_avatar_is_an_address_that_a_browser_may_open(person, address):
    reply = await (await person("lyova")).post("/user/edit", {"avatar": address})
    assert (reply.status, reply.codes) == (400, {"avatar:BAD_ADDRESS"})


async def test_a_new_password_ends_the_other_sessions(person):
    lyova = await person("lyova")
    first = lyova.token
    await lyova.login()
    wrong = await lyova.post("/user/edit", {"password": "another-word-2", "old_password": "wrong"})
    assert (wrong.status, wrong.codes) == (403, {"old_password:WRONG_PASSWORD"})
    await lyova.ok("/user/edit", {"password": "another-word-2"})
    assert (await lyova.get("/user/me")).status == 200
    lyova.token = first
    assert (await lyova.get("/user/me")).status == 401
    assert (await lyova.post("/user/login", {"email": "lyova", "password": PASSWORD})).status == 401
    assert (await lyova.post("/user/login", {"email": "lyova", "password": "another-word-2"})).status == 200


async def test_others_see_no_email(person):
    lyova, anna = await person("lyova"), await person("anna")
    details = await anna.read("/user/LYOVA/details")
    public = {"id", "nickname", "name", "avatar", "bio", "last_seen", "online", "rating", "bot"}
    assert details.keys() == public | {"contact", "blocked"}
    assert (await anna.read(f"/user/{lyova.id}/short")).keys() == {"id", "nickname", "name", "avatar"}


async def test_a_deleted_person_is_gone_and_their_name_is_free(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    said = await lyova.say(chat, "I was here")
    await anna.ok("/user/lyova/add")
    assert (await lyova.post("/user/delete", {"password": "wrong"})).status == 403
    await lyova.ok("/user/delete", {"password": PASSWORD})
    assert (await lyova.get("/user/me")).status == 401
    assert (await anna.get(f"/user/{lyova.id}/details")).codes == {"USER_DELETED"}
    assert await anna.read("/contacts/page/1") == []
    [message] = await anna.read(f"/chats/{chat}/messages/page/1")
    assert (message["id"], message["author"]) == (said["id"], f"deleted-{lyova.id}")
    assert (message["text"], message["deleted"]) == ("", True)
    assert (await anna.read(f"/chats/{chat}/details"))["admin"] == "anna"
    assert (await anna.post("/user/register", GOOD | {"email": lyova.email})).status == 200


async def test_contacts_are_added_removed_and_paged(person):
    lyova, anna = await person("lyova"), await person("anna")
    assert (await lyova.post("/user/lyova/add")).codes == {"NOT_YOURSELF"}
    await lyova.ok("/user/anna/add")
    await lyova.ok("/user/anna/add")
    assert [card["nickname"] for card in await lyova.read("/contacts/page/1")] == ["anna"]
    assert await lyova.read("/contacts/page/2") == []
    assert await anna.read("/contacts/page/1") == []
    assert (await lyova.read("/user/anna/details"))["contact"]
    assert not (await anna.read("/user/lyova/details"))["contact"]
    await lyova.ok("/user/anna/remove")
    assert await lyova.read("/contacts/page/1") == []
    assert not (await lyova.read("/user/anna/details"))["contact"]


async def test_a_contact_is_here_or_not_and_who_blocks_one_never_is(person, browser):
    lyova, anna, boris = await person("lyova"), await person("anna"), await person("boris")
    for page in (anna, boris):
        await browser(page)
        await lyova.ok(f"/user/{page.nickname}/add")
    await boris.ok("/user/lyova/block")
    assert (await boris.read("/user/lyova/details"))["blocked"]
    assert not (await lyova.read("/user/boris/details"))["blocked"]
    here = {card["nickname"]: card["online"] for card in await lyova.read("/contacts/page/1")}
    assert here == {"anna": True, "boris": False}


async def test_all_other_sessions_are_ended_at_once(person, browser):
    lyova = await person("lyova")
    page, old = await browser(lyova), lyova.token
    await lyova.login()
    await lyova.ok("/user/logout/others")
    await asyncio.wait_for(page.gone.wait(), 5)
    assert (await lyova.get("/user/me")).status == 200
    lyova.token = old
    assert (await lyova.get("/user/me")).codes == {"BAD_TOKEN"}
