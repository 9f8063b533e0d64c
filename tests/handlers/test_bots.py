"""Bots: accounts of programs that a person makes, opened by one token, the same API as everybody's."""

import asyncio
import dataclasses

import pytest

from chatsrv.security import Role
from tests.clients import PASSWORD, PATIENCE, Person


@pytest.fixture
async def bot_of(server):
    """Make a bot and return its client."""
    bots = []

    async def make(owner, nickname="echo"):
        made = await owner.ok("/bots", {"nickname": nickname, "name": "Echo"})
        bot = Person(server, nickname)
        bot.id, bot.token = made["id"], made["token"]
        bots.append(bot)
        return bot

    yield make
    for bot in bots:
        await bot.close()


async def test_a_bot_talks_as_everybody_does_and_is_shown_as_one(person, bot_of, browser):
    lyova = await person("lyova")
    echo = await bot_of(lyova)
    chat = await lyova.chat(echo)
    live = await browser(echo)
    said = await lyova.say(chat, "hello")
    heard = await live.next("message.new")
    assert heard["data"]["id"] == said["id"]
    sent = await live.call("message.send", {"stream": f"chat:{chat}", "text": "hello?", "parent_id": said["id"]})
    assert sent["author"] == "echo"
    await echo.say(chat, "over REST")
    assert [one["author"] for one in await lyova.read(f"/chats/{chat}/messages")] == ["echo", "echo", "lyova"]
    assert (await lyova.read("/user/echo/details"))["bot"] is True
    assert (await echo.read("/user/lyova/details"))["bot"] is False


async def test_its_token_is_told_once_and_a_new_one_ends_the_old(person, bot_of, browser):
    lyova = await person("lyova")
    echo = await bot_of(lyova)
    live = await browser(echo)
    [listed] = await lyova.read("/bots")
    assert (listed["id"], listed["nickname"], listed["name"], listed["token"]) == (echo.id, "echo", "Echo", None)
    old = echo.token
    echo.token = (await lyova.ok(f"/bots/{echo.id}/token"))["token"]
    await asyncio.wait_for(live.gone.wait(), PATIENCE)
    assert (await echo.read("/user/me"))["id"] == echo.id
    echo.token = old
    assert (await echo.get("/user/me")).codes == {"BAD_TOKEN"}


async def test_a_bot_can_not_become_a_person_nor_make_bots(person, bot_of):
    lyova = await person("lyova")
    echo = await bot_of(lyova)
    for method, path, body in (
        ("POST", "/bots", {"nickname": "second"}),
        ("GET", "/bots", {}),
        ("POST", f"/bots/{echo.id}/token", {}),
        ("DELETE", f"/bots/{echo.id}", {}),
        ("POST", "/user/edit", {"password": PASSWORD}),
        ("PUT", "/v0/users/", {"email": "echo@example.org"}),
        ("DELETE", "/v0/users/", {}),
        ("POST", "/oauth/applications", {"name": "x", "redirect_uris": ["https://example.org/"]}),
    ):
        reply = await echo.ask(method, path, json=body)
        assert (reply.status, reply.codes) == (403, {"NOT_FOR_BOTS"}), path
    for path, body in (
        ("/user/login", {"email": "echo", "password": PASSWORD}),
        ("/login", {"nickname": "echo", "password": PASSWORD}),
    ):
        assert (await echo.post(path, body)).status in (400, 401), path


async def test_only_its_maker_may_touch_a_bot(person, bot_of):
    lyova, anna = await person("lyova"), await person("anna")
    echo = await bot_of(lyova)
    assert await anna.read("/bots") == []
    assert (await anna.post(f"/bots/{echo.id}/token")).codes == {"NO_SUCH_BOT"}
    assert (await anna.ask("DELETE", f"/bots/{echo.id}")).codes == {"NO_SUCH_BOT"}
    assert (await lyova.ask("DELETE", f"/bots/{anna.id}")).codes == {"NO_SUCH_BOT"}
    assert (await echo.get("/user/me")).status == 200


async def test_a_removed_bot_is_gone_and_its_words_stay(person, bot_of, browser):
    lyova = await person("lyova")
    echo = await bot_of(lyova)
    chat = await lyova.chat(echo)
    await echo.say(chat, "kept")
    live = await browser(echo)
    assert (await lyova.ask("DELETE", f"/bots/{echo.id}")).status == 200
    await asyncio.wait_for(live.gone.wait(), PATIENCE)
    assert (await echo.get("/user/me")).codes == {"BAD_TOKEN"}
    assert await lyova.read("/bots") == []
    assert [user["nickname"] for user in await lyova.read(f"/chats/{chat}/users")] == ["lyova"]
    assert [one["text"] for one in await lyova.read(f"/chats/{chat}/messages")] == ["kept"]
    assert (await bot_of(lyova)).id != echo.id, "its name is free again"


async def test_a_bot_goes_with_the_person_who_made_it(person, bot_of, browser):
    lyova = await person("lyova")
    anna = await person("anna")
    chat = await anna.chat(lyova)
    former = await bot_of(lyova)
    echo_words = []
    for bot in (former, await bot_of(lyova, "second")):
        await anna.ok(f"/user/{bot.nickname}/invite/{chat}")
        echo_words.append((await bot.say(chat, "words of its maker"))["id"])
        echo = bot
    await lyova.ask("DELETE", f"/bots/{former.id}")
    assert [one["text"] for one in await anna.read(f"/chats/{chat}/messages")] == 2 * ["words of its maker"]
    live = await browser(echo)
    await lyova.ok("/user/delete", {"password": PASSWORD})
    await asyncio.wait_for(live.gone.wait(), PATIENCE)
    assert (await echo.get("/user/me")).codes == {"BAD_TOKEN"}
    shown = await anna.read(f"/chats/{chat}/messages")
    assert [(one["id"], one["text"]) for one in shown] == [(id, "") for id in reversed(echo_words)]
    assert (await anna.get(f"/user/{echo.id}/details")).codes == {"USER_DELETED"}


async def test_a_bot_rests_while_its_maker_is_disabled(person, bot_of, browser, services):
    lyova, admin = await person("lyova"), await person("admin")
    await services.offices.appoint(await services.people.get(admin.id), Role.ADMIN)
    echo = await bot_of(lyova)
    live = await browser(echo)
    await admin.ok("/user/lyova/disable")
    await asyncio.wait_for(live.gone.wait(), PATIENCE)
    assert (await echo.get("/user/me")).codes == {"BAD_TOKEN"}
    await admin.ok("/user/lyova/enable")
    assert (await echo.get("/user/me")).status == 200
    assert [one["bot"] for one in await admin.read("/users/page/1")] == [True, False, False]


async def test_one_person_has_so_many_bots_and_each_name_once(serve, config):
    limits = dataclasses.replace(config.limits, bots_per_person=2)
    server = await serve(dataclasses.replace(config, limits=limits))
    lyova = Person(server, "lyova")
    await lyova.register()
    assert (await lyova.post("/bots", {"nickname": "lyova"})).codes == {"nickname:NICKNAME_TAKEN"}
    assert (await lyova.post("/bots", {"nickname": "1"})).codes == {"nickname:BAD_NICKNAME"}
    assert (await lyova.post("/bots", {})).codes == {"nickname:REQUIRED_FIELD"}
    for name in ("one", "two"):
        await lyova.ok("/bots", {"nickname": name})
    reply = await lyova.post("/bots", {"nickname": "three"})
    assert (reply.status, reply.codes) == (409, {"TOO_MANY_BOTS"})
    await lyova.close()
