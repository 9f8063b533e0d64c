"""Webhooks of many processes, and of one that dies: delivered by one at a time, nothing lost, in order."""

import asyncio

import pytest
from aiohttp import web


@pytest.fixture
def wanted():
    """A receiver is tried for as long as a process may be away."""
    return {"attempts": 100, "failures": 100}


async def test_what_is_posted_on_any_process_is_delivered_once_and_in_order(pair, receiver):
    lyova, anna, chat = pair
    await lyova.ok(f"/chats/{chat}/webhooks", {"url": receiver.url(), "events": ["message.new"]})
    # Until the other process has seen the webhook, what is posted there waits; from then on both want to deliver.
    await anna.say(chat, "noticed")
    await lyova.say(chat, "woken")
    assert [(await receiver.next()).body["data"]["text"] for _ in range(2)] == ["noticed", "woken"]
    sent = await asyncio.gather(*(one.say(chat, str(number)) for number in range(15) for one in (lyova, anna)))
    got = [await receiver.next() for _ in sent]
    assert [one.body["seq"] for one in got] == sorted(message["seq"] for message in sent)
    assert len({one.id for one in receiver.requests}) == len(receiver.requests) == 32


async def test_a_webhook_is_served_by_whichever_process_a_message_comes_to(pair, receiver):
    lyova, anna, chat = pair
    await lyova.ok("/notifications/webhooks", {"url": receiver.url()})
    # Only the other server has anything to do with this, and learns of the webhook by itself.
    await anna.say(chat, "Hello, @lyova")
    got = await receiver.next()
    assert (got.body["type"], got.body["data"]["kind"]) == ("notification.new", "mention")


async def test_when_a_process_stops_in_the_middle_of_a_delivery_another_goes_on(pair, receiver):
    lyova, anna, chat = pair
    await lyova.ok(f"/chats/{chat}/webhooks", {"url": receiver.url(), "events": ["message.new"]})
    stopped = asyncio.Event()

    async def never(_):
        await stopped.wait()
        return web.Response()

    receiver.answer = never
    await lyova.say(chat, "first")
    first = await receiver.next()
    receiver.answer = None
    await lyova.server.runner.cleanup()
    stopped.set()
    await anna.say(chat, "second")
    got = [await receiver.next() for _ in range(2)]
    assert [one.body["data"]["text"] for one in got] == ["first", "second"]
    assert got[0].id == first.id
