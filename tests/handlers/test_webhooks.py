"""Webhooks: what happens in a chat, or is told to a person, reaches its receiver, signed, in order, until taken."""

import asyncio
import dataclasses
import re
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from chatsrv.security import Role
from chatsrv.services.webhook_signing import signed_headers
from tests.clients import PASSWORD, PATIENCE
from tests.receivers import Receiver

ROOT = Path(__file__).parents[2]


@pytest.fixture
def wanted():
    """What a test sets otherwise."""
    return {}


@pytest.fixture
def config(config, wanted):
    """Receivers live on loopback here, and a failed delivery is tried again at once."""
    usual = {
        **{"plain_http": True, "allowed_private": ("127.0.0.1",), "body_bytes": 2000},
        **{"backoff_milliseconds": 20, "look_seconds": 1, "timeout_seconds": 2, "attempts": 4, "failures": 2},
        **{"per_chat": 3, "per_person": 4},
    }
    return dataclasses.replace(config, webhooks=dataclasses.replace(config.webhooks, **usual | wanted))


@asynccontextmanager
async def listening():
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def receiver():
    async with listening() as one:
        yield one


@pytest.fixture
async def lyova(person):
    return await person("lyova")


async def hooked(person, chat, receiver, *events, url=None):
    body = {"url": url or receiver.url(), "events": list(events)}
    return await person.ok(f"/chats/{chat}/webhooks", body)


async def deliveries(person, hook):
    return await person.read(f"/webhooks/{hook['id']}/deliveries")


async def until(look, wanted):
    """Look again until that is seen, and return it."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(seen := await look()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return seen


async def settled(person, hook, status, count=1):
    """Wait until so many deliveries were made, the latest with this status, and return that one."""

    async def look():
        return await deliveries(person, hook)

    return (await until(look, lambda made: len(made) == count and made[0]["status"] == status))[0]


async def switched_off(person, chat):
    async def look():
        return await person.read(f"/chats/{chat}/webhooks")

    return (await until(look, lambda hooks: not hooks[0]["active"]))[0]


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


async def test_the_secret_is_shown_once_and_a_new_one_signs_beside_the_old_for_a_while(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    [listed] = await lyova.read(f"/chats/{chat}/webhooks")
    assert listed == hook | {"secret": None}
    new = await lyova.ok(f"/webhooks/{hook['id']}/rotate")
    assert new["secret"] != hook["secret"]
    await lyova.say(chat, "Hello")
    got = await receiver.next()
    assert got.is_signed_by(hook["secret"])
    assert got.is_signed_by(new["secret"])


@pytest.mark.parametrize("wanted", [{"rotation_hours": 0}])
async def test_an_old_secret_may_end_at_once(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    new = await lyova.ok(f"/webhooks/{hook['id']}/rotate")
    await lyova.say(chat, "Hello")
    got = await receiver.next()
    assert (got.is_signed_by(hook["secret"]), got.is_signed_by(new["secret"])) == (False, True)


async def test_a_ping_says_at_once_how_it_fared(lyova, receiver):
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    made = await lyova.ok(f"/webhooks/{hook['id']}/ping")
    got = await receiver.next()
    assert (made["id"], made["type"], made["status"], made["code"]) == (got.id, "ping", "delivered", 200)
    assert got.body == {"type": "ping", "webhook": hook["id"], "stream": f"chat:{chat}"}
    assert got.is_signed_by(hook["secret"])
    receiver.otherwise = 401
    made = await lyova.ok(f"/webhooks/{hook['id']}/ping")
    assert (made["status"], made["code"]) == ("failed", 401)


async def test_one_person_has_so_many_pings_a_minute(lyova, receiver):
    hook = await lyova.ok("/notifications/webhooks", {"url": receiver.url()})
    for _ in range(10):
        await lyova.ok(f"/webhooks/{hook['id']}/ping")
    reply = await lyova.post(f"/webhooks/{hook['id']}/ping")
    assert (reply.status, reply.codes) == (429, {"TOO_MANY_REQUESTS"})
    assert len(receiver.requests) == 10


async def test_ones_own_notifications_come_to_ones_own_receiver(lyova, person, receiver):
    anna = await person("anna")
    chat = await lyova.chat(anna)
    hook = await anna.ok("/notifications/webhooks", {"url": receiver.url()})
    assert (hook["stream"], hook["events"]) == (f"user:{anna.id}", ["notification.new", "notification.read"])
    await lyova.say(chat, "Hello, @anna")
    got = await receiver.next()
    assert (got.body["type"], got.body["data"]["kind"]) == ("notification.new", "mention")
    await anna.ok("/notifications/read")
    assert (await receiver.next()).body["type"] == "notification.read"
    assert await anna.read("/notifications/webhooks") == [hook | {"secret": None}]


async def test_only_a_chats_admin_may_have_webhooks_of_it(lyova, person, receiver):
    anna, stranger = await person("anna"), await person("stranger")
    chat = await lyova.chat(anna)
    for one, code in ((anna, "ONLY_ADMIN"), (stranger, "NO_SUCH_CHAT")):
        assert (await one.post(f"/chats/{chat}/webhooks", {"url": receiver.url()})).codes == {code}
        assert (await one.get(f"/chats/{chat}/webhooks")).codes == {code}


async def test_an_admin_who_leaves_takes_the_webhook_along(lyova, person, receiver):
    anna = await person("anna")
    chat = await lyova.chat(anna)
    hook = await hooked(lyova, chat, receiver)
    await lyova.say(chat, "goodbye")
    await receiver.next()
    await lyova.ok(f"/chats/{chat}/leave")
    await anna.say(chat, "between us")
    await hooked(anna, chat, receiver, "message.new")
    await anna.say(chat, "for my receiver")
    assert (await receiver.next()).body["data"]["text"] == "for my receiver"
    assert len(receiver.requests) == 2
    assert (await lyova.get(f"/webhooks/{hook['id']}/deliveries")).codes == {"NO_SUCH_WEBHOOK"}
    await anna.ok(f"/user/lyova/invite/{chat}")
    assert (await lyova.get(f"/webhooks/{hook['id']}/deliveries")).codes == {"NO_SUCH_WEBHOOK"}


async def test_a_deleted_account_has_no_webhooks(lyova, services, receiver):
    hook = await lyova.ok("/notifications/webhooks", {"url": receiver.url()})
    await lyova.ok("/user/delete", {"password": PASSWORD})
    assert await services.storage.count("webhooks", {"owner": lyova.id}) == 0
    assert hook["active"]


async def test_while_an_account_is_disabled_its_webhooks_rest(lyova, person, services, receiver):
    anna, chief = await person("anna"), await person("chief")
    await services.offices.appoint(await services.people.get(chief.id), Role.ADMIN)
    chat, other = await lyova.chat(anna), await anna.chat()
    await hooked(lyova, chat, receiver)
    await hooked(anna, other, receiver)
    await chief.ok("/user/lyova/disable")
    await anna.say(chat, "is anybody here?")
    await anna.say(other, "mine")
    assert (await receiver.next()).body["data"]["text"] == "mine"
    await chief.ok("/user/lyova/enable")
    await anna.say(chat, "and now?")
    assert [(await receiver.next()).body["data"]["text"] for _ in range(2)] == ["is anybody here?", "and now?"]


async def test_a_removed_webhook_gets_nothing_more(lyova, receiver):
    chat = await lyova.chat()
    gone, stays = await hooked(lyova, chat, receiver), await hooked(lyova, chat, receiver)
    assert (await lyova.ask("DELETE", f"/webhooks/{gone['id']}")).status == 200
    await lyova.say(chat, "Hello")
    assert (await receiver.next()).body["webhook"] == stays["id"]
    assert (await lyova.ask("DELETE", f"/webhooks/{gone['id']}")).codes == {"NO_SUCH_WEBHOOK"}
    await settled(lyova, stays, "delivered")
    assert len(receiver.requests) == 1


async def test_a_chat_and_a_person_have_so_many_at_most(lyova, receiver):
    chat, other = await lyova.chat(), await lyova.chat()
    for _ in range(3):
        await hooked(lyova, chat, receiver)
    reply = await lyova.post(f"/chats/{chat}/webhooks", {"url": receiver.url()})
    assert (reply.status, reply.codes, reply.body["global"][0]["d"]) == (409, {"TOO_MANY_WEBHOOKS"}, 3)
    await hooked(lyova, other, receiver)
    reply = await lyova.post("/notifications/webhooks", {"url": receiver.url()})
    assert (reply.codes, reply.body["global"][0]["d"]) == ({"TOO_MANY_WEBHOOKS"}, 4)


async def test_events_that_a_chat_does_not_send_are_refused(lyova, receiver):
    chat = await lyova.chat()
    for events in (["typing"], ["notification.new"], "message.new", [5], ["message.new"] * 11):
        reply = await lyova.post(f"/chats/{chat}/webhooks", {"url": receiver.url(), "events": events})
        assert reply.status == 400
        assert {code.partition(":")[0].partition(".")[0] for code in reply.codes} == {"events"}


async def test_the_documents_example_verifies_what_is_sent_and_nothing_else(lyova, receiver):
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.S)
    names = {}
    exec(example, names)  # noqa: S102
    verified = names["verified"]
    hook = await lyova.ok("/notifications/webhooks", {"url": receiver.url()})
    await lyova.ok(f"/webhooks/{hook['id']}/rotate")
    await lyova.ok(f"/webhooks/{hook['id']}/ping")
    got = await receiver.next()
    assert verified(got.headers, got.raw, hook["secret"])
    assert not verified(got.headers, got.raw + b" ", hook["secret"])
    assert not verified(got.headers, got.raw, "whsec_" + "A" * 44)
    assert not verified({**got.headers, "webhook-id": "another"}, got.raw, hook["secret"])
    for age, young in ((10, True), (310, False)):
        headers = signed_headers([hook["secret"]], got.id, int(time.time()) - age, got.raw)
        assert verified(headers, got.raw, hook["secret"]) is young


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
