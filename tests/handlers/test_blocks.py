"""Blocking: who is blocked reaches one no more, by no way; what both are members of goes on."""

import pytest

from tests.clients import Person
from tests.cluster import cluster_on


async def conversation(one, other):
    return (await one.ok(f"/user/{other.nickname}/message", {"text": "hello"}))["conversation_id"]


async def test_a_list_of_ones_own(person):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    await lyova.ok("/user/anna/block")
    await lyova.ok(f"/user/{boris.id}/block")
    await lyova.ok("/user/anna/block")
    assert [one["nickname"] for one in await lyova.read("/blocked/page/1")] == ["boris", "anna"]
    assert await anna.read("/blocked/page/1") == []
    await lyova.ok("/user/boris/unblock")
    await lyova.ok("/user/boris/unblock")
    assert [one["nickname"] for one in await lyova.read("/blocked/page/1")] == ["anna"]
    assert (await lyova.post("/user/lyova/block")).codes == {"NOT_YOURSELF"}
    assert (await lyova.post("/user/nobody/block")).codes == {"NO_SUCH_USER"}


@pytest.mark.parametrize("blocker", ["lyova", "anna"])
async def test_neither_of_two_writes_to_the_other_while_one_blocks_the_other(person, browser, blocker):
    people = {name: await person(name) for name in ("lyova", "anna")}
    lyova, anna = people["lyova"], people["anna"]
    room = await conversation(anna, lyova)
    said = (await anna.read(f"/conversations/{room}/messages"))[0]["id"]
    live = await browser(anna)
    blocked = {"anna": "lyova", "lyova": "anna"}[blocker]
    await people[blocker].ok(f"/user/{blocked}/block")
    stream = f"conversation:{room}"
    refused = [
        await anna.post(f"/conversations/{room}/messages", {"text": "again"}),
        await anna.post("/user/lyova/message", {"text": "again"}),
        await anna.post(f"/message/{said}/edit", {"text": "an insult"}),
        await anna.post(f"/message/{said}/vote"),
    ]
    assert [reply.codes for reply in refused] == 4 * [{"NOT_REACHABLE"}]
    # What stands there is the same for both directions: it does not say who blocks whom.
    assert {reply.body["global"][0]["t"] for reply in refused} == {"This person can not be reached by you"}
    for event, payload in [
        ("message.send", {"stream": stream, "text": "again"}),
        ("message.edit", {"id": said, "text": "an insult"}),
        ("message.vote", {"id": said}),
        ("typing", {"stream": stream}),
    ]:
        answer = await live.call(event, payload)
        assert answer["global"][0]["c"] == refused[0].body["global"][0]["c"] | 0x4000
    [only] = await lyova.read(f"/conversations/{room}/messages")
    assert (only["text"], only["votes"]) == ("hello", 0)
    await anna.ok(f"/message/{said}/delete")
    await people[blocker].ok(f"/user/{blocked}/unblock")
    await anna.ok(f"/conversations/{room}/messages", {"text": "friends again"})


async def test_a_blocked_person_opens_no_conversation(person):
    lyova, anna = await person("lyova"), await person("anna")
    await lyova.ok("/user/anna/block")
    assert (await anna.post("/user/lyova/message", {"text": "hello"})).codes == {"NOT_REACHABLE"}
    assert await lyova.read("/conversations/page/1") == await anna.read("/conversations/page/1") == []


async def test_a_blocked_person_invites_nobody_who_blocks_them(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await anna.chat()
    await lyova.ok("/user/anna/block")
    assert (await anna.post(f"/user/lyova/invite/{chat}")).codes == {"NOT_REACHABLE"}
    assert (await anna.post("/chats", {"name": "Ours", "users": ["lyova"]})).codes == {"NOT_REACHABLE"}
    assert await lyova.read("/chats/page/1") == []
    assert [one["id"] for one in await anna.read("/chats/page/1")] == [chat]
    own = await lyova.chat(anna)
    assert own in [one["id"] for one in await anna.read("/chats/page/1")]


async def test_a_blocked_person_notifies_nobody_who_blocks_them_and_the_common_chat_goes_on(person, browser):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    chat = await lyova.chat(anna, boris)
    said = (await lyova.say(chat, "who comes?"))["id"]
    await lyova.ok("/user/anna/block")
    live = await browser(lyova)
    await anna.say(chat, "I do, @lyova", parent_id=said)
    await anna.ok(f"/message/{said}/vote")
    assert (await live.next("message.new"))["data"]["text"] == "I do, @lyova"
    assert (await live.next("message.voted"))["data"]["votes"] == 1
    await boris.ok(f"/message/{said}/vote")
    assert [(one["kind"], one["data"]["author"]) for one in await lyova.read("/notifications/page/1")] == [
        ("vote", "boris")
    ]
    await lyova.say(chat, "good, @anna")
    assert (await anna.read("/notifications/page/1"))[0]["kind"] == "mention"


async def test_a_blocked_person_does_not_see_who_blocks_them_come_and_go(person, browser):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    chat = await lyova.chat(anna, boris)
    room = await conversation(anna, lyova)
    [said] = await lyova.read(f"/conversations/{room}/messages")
    watching, other = await browser(anna), await browser(boris)
    first = await browser(lyova)
    assert (await watching.next("presence", f"chat:{chat}"))["data"]["online"]
    assert (await anna.read("/user/lyova/details"))["last_seen"]
    await lyova.ok("/user/anna/block")
    told = await watching.next("presence", f"user:{anna.id}")
    assert (told["data"]["nickname"], told["data"]["online"]) == ("lyova", False)
    details = await anna.read("/user/lyova/details")
    assert (details["online"], details["last_seen"]) == (False, None)
    assert (await boris.read("/user/lyova/details"))["online"]
    seen = {one["nickname"]: one["online"] for one in await anna.read(f"/chats/{chat}/users")}
    assert seen == {"lyova": False, "anna": True, "boris": True}
    assert not (await anna.read(f"/conversations/{room}"))["user"]["online"]
    await lyova.ok(f"/conversations/{room}/read", {"id": said["id"]})
    assert (await anna.read(f"/conversations/{room}"))["peer_read_id"] == 0
    for browsers in (watching, other):
        browsers.received.clear()
    await first.close()
    assert not (await other.next("presence"))["data"]["online"]
    # What is said in the chat afterwards comes after what was told of coming and going before.
    await lyova.say(chat, "hello")
    await watching.next("message.new", f"chat:{chat}")
    assert [body["data"]["nickname"] for name, body in watching.received if name in ("presence", "read")] == []
    assert (await lyova.read("/user/anna/details"))["online"]


async def test_a_block_works_at_once_on_every_process(tmp_path, serve, config, monkeypatch):
    async with cluster_on(tmp_path, serve, config, monkeypatch) as cluster:
        lyova, anna = Person(await cluster.server(), "lyova"), Person(await cluster.server(), "anna")
        for one in (lyova, anna):
            await one.register()
        room = await conversation(anna, lyova)
        for _ in range(5):
            await lyova.ok("/user/anna/block")
            assert (await anna.post(f"/conversations/{room}/messages", {"text": "x"})).codes == {"NOT_REACHABLE"}
            await lyova.ok("/user/anna/unblock")
            await anna.ok(f"/conversations/{room}/messages", {"text": "y"})
        assert {one["text"] for one in await lyova.read(f"/conversations/{room}/messages")} == {"hello", "y"}
        for one in (lyova, anna):
            await one.close()
