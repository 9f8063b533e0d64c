"""Webhooks: what happens in a chat, or is told to a person, reaches its receiver, in order, until taken."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.clients import PATIENCE
from tests.webhooks import deliveries, hooked, listening, settled, switched_off


async def test_what_is_said_in_a_chat_reaches_its_receiver_signed(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    said = await lyova.say(chat, "Hello")
    got = await receiver.next()
    assert (got.body["type"], got.body["stream"], got.body["webhook"]) == ("message.new", f"chat:{chat}", hook["id"])
    assert (got.body["seq"], got.body["data"]["id"], got.body["data"]["text"]) == (said["seq"], said["id"], "Hello")
    assert got.headers["content-type"] == "application/json"
    assert got.is_signed_by(hook["secret"])
    assert not got.is_signed_by("whsec_" + "A" * 44)
    sent = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    assert abs(datetime.now(UTC) - sent) < timedelta(minutes=1)


async def test_everything_comes_once_and_in_the_order_in_which_it_happened(lyova, person, receiver):
    anna = await person("anna")
    chat = await lyova.chat()
    await hooked(lyova, chat, receiver)
    await lyova.ok(f"/user/anna/invite/{chat}")
    for number in range(15):
        await (lyova, anna)[number % 2].say(chat, str(number))
    got = [await receiver.next() for _ in range(16)]
    assert got[0].body["type"] == "chat.joined"
    assert [one.body["data"]["text"] for one in got[1:]] == [str(number) for number in range(15)]
    assert len({one.id for one in got}) == 16


async def test_only_the_events_that_were_asked_for_come(lyova, receiver):
    chat = await lyova.chat()
    await hooked(lyova, chat, receiver, "message.edited", "chat.updated")
    said = await lyova.say(chat, "Helo")
    await lyova.ok(f"/message/{said['id']}/edit", {"text": "Hello"})
    await lyova.ok(f"/chats/{chat}/edit", {"name": "Readers"})
    got = [(await receiver.next()).body for _ in range(2)]
    assert [(one["type"], one["data"].get("text")) for one in got] == [
        ("message.edited", "Hello"),
        ("chat.updated", None),
    ]


async def test_a_failed_delivery_is_tried_again_with_the_same_id_until_it_is_taken(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    receiver.statuses = [500, 302, 404]
    await lyova.say(chat, "first")
    await lyova.say(chat, "second")
    got = [await receiver.next() for _ in range(5)]
    assert [one.body["data"]["text"] for one in got] == ["first"] * 4 + ["second"]
    assert len({one.id for one in got[:4]}) == 1
    assert all(one.is_signed_by(hook["secret"]) for one in got)
    await settled(lyova, hook, "delivered", count=2)
    [second, first] = await deliveries(lyova, hook)
    assert (first["id"], first["type"], first["status"]) == (got[0].id, "message.new", "delivered")
    assert (first["attempts"], first["code"], first["reason"]) == (4, 200, "")
    assert (second["attempts"], second["seq"]) == (1, got[4].body["seq"])


async def test_what_changes_before_it_is_delivered_comes_as_it_is_then(lyova, receiver):
    chat = await lyova.chat()
    await hooked(lyova, chat, receiver)
    await receiver.stop()
    kept, gone = await lyova.say(chat, "Helo"), await lyova.say(chat, "secret")
    await lyova.ok(f"/message/{kept['id']}/edit", {"text": "Hello"})
    await lyova.ok(f"/message/{gone['id']}/delete")
    await receiver.start(receiver.port)
    got = []
    while not got or got[-1][0] != "message.deleted":
        body = (await receiver.next()).body
        got.append((body["type"], body["data"]["text"]))
    # What was on its way at that very moment may still come; it is not what is kept.
    assert [one for one in got if one != ("message.new", "secret")] == [
        ("message.new", "Hello"),
        ("message.deleted", ""),
    ]
    await lyova.ok(f"/message/{kept['id']}/edit", {"text": "Hello!"})
    assert (await receiver.next()).body["type"] == "message.edited"


async def test_what_is_given_up_too_often_switches_it_off_and_its_owner_is_told(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    receiver.otherwise = 500
    for text in ("first", "second", "third"):
        await lyova.say(chat, text)
    off = await switched_off(lyova, chat)
    assert off["failures"] == 2
    assert [one.body["data"]["text"] for one in receiver.requests] == ["first"] * 4 + ["second"] * 4
    [told] = await lyova.read("/notifications/page/1")
    assert (told["kind"], told["data"]["webhook"], told["data"]["name"]) == ("webhook", hook["id"], hook["url"])
    made = await deliveries(lyova, hook)
    assert [(one["status"], one["attempts"], one["code"]) for one in made] == [("failed", 4, 500)] * 2
    receiver.otherwise = 200
    assert (await lyova.ok(f"/webhooks/{hook['id']}/enable"))["active"] is True
    assert [(await receiver.next()).body["data"]["text"] for _ in range(9)][-1] == "third"


async def test_one_that_is_switched_on_again_may_leave_out_what_it_missed(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    receiver.otherwise = 410
    await lyova.say(chat, "nobody is here")
    await switched_off(lyova, chat)
    assert len(receiver.requests) == 1
    await lyova.say(chat, "still nobody")
    receiver.otherwise = 200
    await lyova.ok(f"/webhooks/{hook['id']}/enable", {"skip": True})
    await lyova.say(chat, "here again")
    assert [(await receiver.next()).body["data"]["text"] for _ in range(2)] == ["nobody is here", "here again"]


async def test_a_receiver_that_asks_for_time_gets_it(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)

    async def busy(_):
        return web.Response(status=503, headers={"Retry-After": "600"})

    receiver.answer = busy
    await lyova.say(chat, "Hello")
    made = await settled(lyova, hook, "retrying")
    [listed] = await lyova.read(f"/chats/{chat}/webhooks")
    wait = datetime.fromisoformat(listed["due"]) - datetime.fromisoformat(made["at"])
    assert wait == timedelta(seconds=600)


async def test_a_receiver_that_does_not_answer_holds_up_nobody_else(lyova, receiver):
    chat = await lyova.chat()
    async with listening() as other:
        silent, _ = await hooked(lyova, chat, receiver), await hooked(lyova, chat, other)
        answered = asyncio.Event()

        async def never(_):
            await answered.wait()
            return web.Response()

        receiver.answer = never
        await lyova.say(chat, "Hello")
        assert (await other.next()).body["data"]["text"] == "Hello"
        made = await settled(lyova, silent, "retrying")
        assert (made["code"], made["reason"]) == (0, "timeout")
        answered.set()


@pytest.mark.parametrize("wanted", [{"at_once": 1}])
async def test_a_slow_receiver_shares_with_the_others_also_the_last_worker(lyova, receiver):
    slow, quick = await lyova.chat(), await lyova.chat()
    await hooked(lyova, slow, receiver, "message.new")
    await hooked(lyova, quick, receiver, "message.new")

    async def leisurely(request):
        if (await request.json())["stream"] == f"chat:{slow}":
            await asyncio.sleep(0.6)
        return web.Response()

    receiver.answer = leisurely
    for number in range(3):
        await lyova.say(slow, str(number))
    await lyova.say(quick, "quick")
    got = [(await receiver.next()).body["data"]["text"] for _ in range(4)]
    assert got.index("quick") < got.index("2")
    assert [text for text in got if text != "quick"] == ["0", "1", "2"]


async def test_of_an_endless_answer_only_so_much_is_taken(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    cut = asyncio.Event()

    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            cut.set()
        return response

    receiver.answer = endless
    await lyova.say(chat, "Hello")
    assert (await settled(lyova, hook, "delivered"))["milliseconds"] < 2000
    await asyncio.wait_for(cut.wait(), PATIENCE)


async def test_a_body_that_is_too_large_is_given_up_and_the_next_goes_on(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    await lyova.say(chat, "x" * 2000)
    await lyova.say(chat, "short")
    assert (await receiver.next()).body["data"]["text"] == "short"
    await settled(lyova, hook, "delivered", count=2)
    [_, large] = await deliveries(lyova, hook)
    assert (large["status"], large["code"], large["reason"]) == ("failed", 0, "too large")


async def test_a_server_that_starts_again_goes_on_with_what_was_not_delivered(config, serve, server, lyova, receiver):
    chat = await lyova.chat()
    await hooked(lyova, chat, receiver)
    await receiver.stop()
    for text in ("first", "second"):
        await lyova.say(chat, text)
    await server.runner.cleanup()
    await receiver.start(receiver.port)
    await serve(config)
    assert [(await receiver.next()).body["data"]["text"] for _ in range(2)] == ["first", "second"]
