"""A push that is lost on the bus: the server notices the hole in the numbers and fills it from storage by itself."""

import asyncio
import random

import pytest

from ws.bus_memory import MemoryBus
from ws.bus_redis import RedisBus


@pytest.fixture
def losing(monkeypatch):
    """Let the bus lose what the test says, as Redis may: ``losing(lambda channel, payload: …)``."""
    buses = {kind: kind.publish for kind in (MemoryBus, RedisBus)}

    def lose(lost):
        def publish(bus, channel, payload):
            if not lost(channel, payload):
                buses[type(bus)](bus, channel, payload)

        for kind in buses:
            monkeypatch.setattr(kind, "publish", publish)

    return lose


async def test_a_lost_push_is_filled_in_when_the_next_one_comes(person, browser, losing):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    first, second = await browser(anna), await browser(lyova)
    losing(lambda channel, payload: b'"lost"' in payload)
    for text in ("one", "lost", "three"):
        await lyova.say(chat, text)
    for page in (first, second):
        heard = [await page.next("message.new") for _ in range(3)]
        assert [event["data"]["text"] for event in heard] == ["one", "lost", "three"]
        assert [event["seq"] for event in heard] == list(range(heard[0]["seq"], heard[0]["seq"] + 3))


async def test_under_many_losses_everyone_gets_everything_in_order(person, browser, losing):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    pages = [await browser(anna), await browser(lyova), await browser(anna, transports=("polling",))]
    chance = random.Random(7)
    losing(lambda channel, payload: b'"end"' not in payload and chance.random() < 0.3)
    sent = [
        message["seq"] for _ in range(20) for message in await asyncio.gather(*(lyova.say(chat, "x") for _ in range(5)))
    ]
    last = (await lyova.say(chat, "end"))["seq"]
    for page in pages:
        heard: list[int] = []
        while not heard or heard[-1] < last:
            heard.append((await page.next("message.new"))["seq"])
        assert heard == [*sorted(sent), last]


async def test_more_than_is_replayed_is_a_reset(serve, config, browser, losing):
    import dataclasses

    from tests.clients import Person

    server = await serve(dataclasses.replace(config, limits=dataclasses.replace(config.limits, resume_changes=5)))
    lyova = Person(server, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    page = await browser(lyova)
    losing(lambda channel, payload: b'"lost"' in payload)
    for _ in range(8):
        await lyova.say(chat, "lost")
    last = (await lyova.say(chat, "end"))["seq"]
    reset = await page.next("reset", f"chat:{chat}")
    assert reset == {"stream": f"chat:{chat}", "data": {"head": last}}
    await lyova.say(chat, "live again")
    assert (await page.next("message.new"))["data"]["text"] == "live again"
    await lyova.close()


async def test_a_retry_brings_to_everyone_what_was_committed_and_never_pushed(person, browser, losing):
    """As when the process dies between the commit and the push."""
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    pages = [await browser(anna), await browser(lyova)]
    headers = {"Idempotency-Key": "n"}
    losing(lambda channel, payload: b" 42[" in payload and channel == f"chat:{chat}")
    sent = await lyova.say(chat, "lost")
    path = f"/chats/{chat}/messages"
    for _ in range(3):
        assert (await lyova.ok(path, {"text": "lost"}, headers=headers))["id"] != sent["id"]
    losing(lambda channel, payload: False)
    again = await lyova.ok(path, {"text": "lost"}, headers=headers)
    await lyova.ok(path, {"text": "lost"}, headers=headers)
    for page in pages:
        heard = [await page.next("message.new") for _ in range(2)]
        assert [event["data"]["id"] for event in heard] == [sent["id"], again["id"]]


async def test_a_repeated_edit_or_deletion_brings_what_the_first_one_did_not(person, browser, losing):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    page = await browser(anna)
    said = (await lyova.say(chat, "hello"))["id"]
    await page.next("message.new")
    for path, body, name in (
        (f"/message/{said}/edit", {"text": "hi"}, "message.edited"),
        (f"/message/{said}/delete", {}, "message.deleted"),
    ):
        losing(lambda channel, payload: b" 42[" in payload)
        await lyova.ok(path, body)
        losing(lambda channel, payload: False)
        for _ in range(3):
            await lyova.post(path, body)
        assert (await page.next(name))["data"]["id"] == said
    await lyova.say(chat, "end")
    assert (await page.next("message.new"))["data"]["text"] == "end"
    assert [name for name, _ in page.received if name.startswith("message")] == []
