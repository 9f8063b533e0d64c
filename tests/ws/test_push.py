"""Push: what one person does appears at the others, in order, and only at those who may see it."""

import asyncio
import dataclasses
import time

import jwt
import pytest
import socketio

from chatsrv.config import resolve_secret
from tests.clients import Browser, Person
from tests.within import within


@pytest.fixture
async def pair(person):
    lyova, anna = await person("lyova"), await person("anna")
    return lyova, anna, await lyova.chat(anna)


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")])
async def test_what_is_posted_arrives_in_order(pair, browser, transports):
    lyova, anna, chat = pair
    page = await browser(anna, transports=transports)
    sent = [await lyova.say(chat, str(number)) for number in range(30)]
    events = [await page.next("message.new") for _ in sent]
    assert [event["data"]["text"] for event in events] == [str(number) for number in range(30)]
    assert [event["seq"] for event in events] == [message["seq"] for message in sent]
    assert events[0]["stream"] == f"chat:{chat}"
    assert events[0]["data"] == {key: value for key, value in sent[0].items() if key != "voted"}


async def test_every_change_of_a_message_is_pushed(pair, browser):
    lyova, anna, chat = pair
    page = await browser(anna)
    said = (await lyova.say(chat, "hello"))["id"]
    born = await page.next("message.new")
    await lyova.ok(f"/message/{said}/edit", {"text": "hello!"})
    edited = await page.next("message.edited")
    await anna.ok(f"/message/{said}/vote")
    voted = await page.next("message.voted")
    await lyova.ok(f"/message/{said}/delete")
    deleted = await page.next("message.deleted")
    assert [event["seq"] - born["seq"] for event in (edited, voted, deleted)] == [1, 2, 3]
    assert (edited["data"]["text"], edited["data"]["edited"]) == ("hello!", True)
    assert (voted["data"]["votes"], voted["data"]["voter"], voted["data"]["voted"]) == (1, "anna", True)
    assert (deleted["data"]["text"], deleted["data"]["deleted"]) == ("", True)


async def test_events_of_clients_are_acknowledged_with_what_they_made(pair, browser):
    lyova, anna, chat = pair
    writer, reader = await browser(lyova), await browser(anna)
    stream = f"chat:{chat}"
    sent = await writer.call("message.send", {"stream": stream, "text": "hello", "nonce": "n"})
    assert await writer.call("message.send", {"stream": stream, "text": "hello", "nonce": "n"}) == sent
    assert (await reader.next("message.new"))["data"]["id"] == sent["id"]
    edited = await writer.call("message.edit", {"id": sent["id"], "text": "hello!"})
    assert edited["text"] == "hello!"
    assert await reader.call("message.vote", {"id": sent["id"]}) == {"votes": 1, "voted": True}
    assert await writer.call("message.delete", {"id": sent["id"]}) == {}
    assert await anna.read(f"/chats/{chat}/messages") == [
        edited | {"text": "", "deleted": True, "rev": edited["rev"] + 2}
    ]


@pytest.mark.parametrize(
    ("event", "payload", "codes"),
    [
        ("message.send", None, {0x6101}),
        ("message.send", {}, {0x6101}),
        ("message.send", [], {0x6004}),
        ("message.send", {"stream": "chat:5", "text": "x"}, {0x6401}),
        ("message.send", {"stream": "user:5", "text": "x"}, {0x6601}),
        ("message.send", {"stream": "nonsense", "text": "x"}, {0x6601}),
        ("message.send", {"stream": "chat:5", "text": "x", "nonce": 5}, {0x6102}),
        ("message.edit", {"id": 5, "text": "x"}, {0x6501}),
        ("message.vote", {"id": "5"}, {0x6102}),
        ("read", {"stream": "chat:5", "id": 5}, {0x6401}),
        ("typing", {"stream": "conversation:5"}, {0x6402}),
        ("resume", {"streams": 5}, {0x6102}),
        ("no.such.event", {}, {0x6605}),
    ],
)
async def test_a_bad_event_gets_a_code_of_the_websocket_channel(pair, browser, event, payload, codes):
    _, anna, _ = pair
    answer = await (await browser(anna)).call(event, payload)
    atoms = answer["global"] + [atom for field in answer["fields"].values() for atom in field]
    assert atoms
    assert {atom["c"] for atom in atoms} <= codes


@pytest.mark.parametrize("token", [None, "", "a.b.c", 5, {"$gt": ""}])
async def test_without_a_valid_token_nobody_connects(person, token):
    anna = await person("anna")
    anna.token = token
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Browser(anna).connect()


async def test_a_stranger_hears_nothing_and_cannot_resume(pair, person, browser):
    lyova, _, chat = pair
    stranger = await person("stranger")
    page = await browser(stranger)
    answer = await page.call("resume", {"streams": {f"chat:{chat}": 0, f"user:{lyova.id}": 0, "moderators": 0}})
    for outcome in answer["streams"].values():
        assert outcome["recovered"] is False
        assert outcome["error"]["global"]
    await lyova.say(chat, "secret")
    await lyova.ok("/user/stranger/message", {"text": "a word to you"})
    assert (await page.next("message.new"))["data"]["text"] == "a word to you"
    assert [name for name, _ in page.received if name.startswith("message")] == []


async def test_who_is_invited_hears_the_chat_at_once_and_who_is_excluded_no_more(pair, person, browser):
    lyova, anna, chat = pair
    boris = await person("boris")
    page, reader = await browser(boris), await browser(anna)
    await lyova.ok(f"/user/boris/invite/{chat}")
    joined = await page.next("chat.joined", f"user:{boris.id}")
    assert joined["data"]["stream"] == f"chat:{chat}"
    assert (await reader.next("chat.joined"))["data"]["user"]["nickname"] == "boris"
    await page.call("resume", {"streams": {f"chat:{chat}": 0}})
    await lyova.say(chat, "welcome")
    while (await page.next("message.new"))["data"]["text"] != "welcome":
        pass
    await lyova.ok(f"/chats/{chat}/exclude/boris")
    assert (await page.next("chat.left", f"user:{boris.id}"))["data"]["joined"] is False
    assert (await reader.next("chat.left"))["data"]["user"]["nickname"] == "boris"
    await lyova.say(chat, "between us")
    assert (await reader.next("message.new"))["data"]["text"] == "welcome"
    assert (await reader.next("message.new"))["data"]["text"] == "between us"
    await lyova.ok("/user/boris/message", {"text": "sorry"})
    assert (await page.next("message.new"))["data"]["text"] == "sorry"


async def test_logging_out_closes_the_sessions_connections_and_no_others(pair, browser):
    lyova, anna, chat = pair
    first = await browser(anna)
    await anna.login()
    second = await browser(anna)
    await anna.ok("/user/logout")
    async with within(1):
        await second.gone.wait()
    await lyova.say(chat, "still here?")
    assert (await first.next("message.new"))["data"]["text"] == "still here?"


async def test_read_marks_reach_ones_other_devices_and_the_one_spoken_with(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    said = await lyova.ok("/user/anna/message", {"text": "hello"})
    stream = f"conversation:{said['conversation_id']}"
    phone, desk, writer = await browser(anna), await browser(anna), await browser(lyova)
    assert await phone.call("read", {"stream": stream, "id": said["id"]}) == {}
    own = await desk.next("read", f"user:{anna.id}")
    assert (own["data"]["stream"], own["data"]["read_id"]) == (stream, said["id"])
    receipt = await writer.next("read", stream)
    assert receipt == {"stream": stream, "data": {"nickname": "anna", "id": said["id"]}}
    assert (await anna.read("/conversations/page/1"))[0]["unread"] == 0


async def test_typing_and_presence_are_seen_by_those_who_share_a_room(pair, browser):
    lyova, anna, chat = pair
    page = await browser(anna)
    writer = await browser(lyova)
    came = await page.next("presence")
    while came["data"]["nickname"] != "lyova":
        came = await page.next("presence")
    assert came["data"]["online"] is True
    assert "seq" not in came
    assert (await anna.read("/user/lyova/details"))["online"] is True
    assert await writer.call("typing", {"stream": f"chat:{chat}"}) == {}
    assert (await page.next("typing"))["data"] == {"nickname": "lyova"}
    await writer.close()
    while (await page.next("presence"))["data"]["online"]:
        pass
    assert (await anna.read("/user/lyova/details"))["online"] is False


def token_of(config, person, **changed):
    claims = jwt.decode(person.token, options={"verify_signature": False}) | changed
    return jwt.encode(claims, resolve_secret(config), algorithm="HS256")


async def test_an_expired_or_forged_token_connects_nobody(person, config):
    anna = await person("anna")
    good = anna.token
    now = int(time.time())
    for token, code in (
        (token_of(config, anna, exp=now - 1), 0x620A),
        (token_of(config, anna, typ="refresh"), 0x6209),
        (good[:-2] + ("AA" if not good.endswith("AA") else "BB"), 0x6209),
    ):
        anna.token = token
        page = Browser(anna)
        refusals = []
        page.sio.on("connect_error", refusals.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await page.connect()
        assert [refusal["data"]["global"][0]["c"] for refusal in refusals] == [code]


async def test_a_connection_ends_when_its_token_expires(person, browser, config):
    anna = await person("anna")
    anna.token = token_of(config, anna, exp=int(time.time()) + 2)
    page = await browser(anna)
    async with asyncio.timeout(4):
        await page.gone.wait()


async def test_a_person_has_a_bounded_number_of_connections(serve, config, browser):
    limits = dataclasses.replace(config.limits, connections_per_person=2)
    server = await serve(dataclasses.replace(config, limits=limits))
    anna = Person(server, "anna")
    await anna.register()
    first = await browser(anna)
    await browser(anna)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Browser(anna).connect()
    await first.close()
    await browser(anna)
    await anna.close()
