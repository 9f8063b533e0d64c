"""Webhooks belong to somebody: who may have them, with which secret they are signed, and how they end."""

import re
import time
from pathlib import Path

import pytest

from chatsrv.security import Role
from chatsrv.services.webhook_signing import signed_headers
from tests.clients import PASSWORD
from tests.webhooks import hooked, settled

ROOT = Path(__file__).parents[3]


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
