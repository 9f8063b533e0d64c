"""Webhooks: what happens in a chat, or is told to a person, reaches their receiver signed, in order, until it is taken."""

import dataclasses

import pytest

from tests.receivers import Receiver


@pytest.fixture
def config(config):
    """Receivers live on loopback here, and a failed delivery is tried again at once."""
    webhooks = dataclasses.replace(
        config.webhooks,
        plain_http=True,
        allowed_private=("127.0.0.1",),
        backoff_milliseconds=20,
        look_seconds=1,
        timeout_seconds=2,
        attempts=4,
        failures=2,
    )
    return dataclasses.replace(config, webhooks=webhooks)


@pytest.fixture
async def receiver():
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


async def hooked(person, chat, receiver, *events):
    return await person.ok(f"/chats/{chat}/webhooks", {"url": receiver.url(), "events": list(events)})


async def test_what_is_said_in_a_chat_reaches_its_receiver_signed(person, receiver):
    lyova = await person("lyova")
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    said = await lyova.say(chat, "Hello")
    got = await receiver.next()
    assert (got.body["type"], got.body["stream"], got.body["webhook"]) == ("message.new", f"chat:{chat}", hook["id"])
    assert (got.body["seq"], got.body["data"]["id"], got.body["data"]["text"]) == (said["seq"], said["id"], "Hello")
    assert got.headers["content-type"] == "application/json"
    assert got.is_signed_by(hook["secret"])
    assert not got.is_signed_by("whsec_" + "A" * 44)


async def test_everything_comes_once_and_in_the_order_in_which_it_happened(person, receiver):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat()
    await hooked(lyova, chat, receiver)
    await lyova.ok(f"/user/anna/invite/{chat}")
    for number in range(30):
        await (lyova, anna)[number % 2].say(chat, str(number))
    got = [await receiver.next() for _ in range(31)]
    assert got[0].body["type"] == "chat.joined"
    assert [one.body["data"]["text"] for one in got[1:]] == [str(number) for number in range(30)]
    assert len({one.id for one in got}) == 31


async def test_a_failed_delivery_is_tried_again_with_the_same_id_until_it_is_taken(person, receiver):
    lyova = await person("lyova")
    chat = await lyova.chat()
    hook = await hooked(lyova, chat, receiver)
    receiver.statuses = [500, 302, 404]
    await lyova.say(chat, "first")
    await lyova.say(chat, "second")
    got = [await receiver.next() for _ in range(5)]
    assert [one.body["data"]["text"] for one in got] == ["first"] * 4 + ["second"]
    assert len({one.id for one in got[:4]}) == 1
    assert all(one.is_signed_by(hook["secret"]) for one in got)
