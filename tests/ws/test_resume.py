"""Resume: no hole, no repeat, in order; and the law that state plus event is state read afresh."""

import asyncio

import pytest


@pytest.fixture
async def pair(person):
    lyova, anna = await person("lyova"), await person("anna")
    return lyova, anna, await lyova.chat(anna)


async def test_a_client_that_comes_back_gets_what_it_missed_and_then_what_is_live(pair, browser):
    lyova, anna, chat = pair
    stream = f"chat:{chat}"
    first = await browser(anna)
    epoch = (await first.call("resume", {"streams": {}}))["epoch"]
    head = (await lyova.say(chat, "seen"))["seq"]
    await first.next("message.new")
    await first.close()
    missed = [await lyova.say(chat, text) for text in ("one", "two", "three")]
    await lyova.ok(f"/message/{missed[0]['id']}/edit", {"text": "one!"})
    again = await browser(anna)
    answer = await again.call("resume", {"epoch": epoch, "streams": {stream: head}})
    assert answer == {"epoch": epoch, "streams": {stream: {"recovered": True, "head": head + 4}}}
    replayed = [
        (name, body["seq"], body["data"]["text"]) for name, body in again.received if name.startswith("message")
    ]
    again.received.clear()
    assert replayed == [
        ("message.new", head + 2, "two"),
        ("message.new", head + 3, "three"),
        ("message.new", head + 4, "one!"),
    ]
    await lyova.say(chat, "live")
    assert (await again.next("message.new"))["seq"] == head + 5


async def test_numbers_of_another_epoch_or_of_the_future_are_not_recovered(pair, browser):
    _, anna, chat = pair
    stream = f"chat:{chat}"
    page = await browser(anna)
    for payload in ({"epoch": "another", "streams": {stream: 1}}, {"streams": {stream: 10**9}}):
        outcome = (await page.call("resume", payload))["streams"][stream]
        assert outcome["recovered"] is False
        assert outcome["reset"] is True
        assert outcome["head"] >= 3


async def test_more_than_the_bound_is_never_replayed_in_part(serve, config, browser):
    import dataclasses

    from tests.clients import Person

    server = await serve(dataclasses.replace(config, limits=dataclasses.replace(config.limits, resume_changes=10)))
    lyova = Person(server, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    for number in range(12):
        await lyova.say(chat, str(number))
    page = await browser(lyova)
    outcome = (await page.call("resume", {"streams": {f"chat:{chat}": 1}}))["streams"][f"chat:{chat}"]
    assert (outcome["recovered"], outcome["reset"], outcome["head"]) == (False, True, 14)
    assert [name for name, _ in page.received if name == "message.new"] == []
    since = outcome["head"] - 10
    outcome = (await page.call("resume", {"streams": {f"chat:{chat}": since}}))["streams"][f"chat:{chat}"]
    assert outcome["recovered"] is True
    assert len([name for name, _ in page.received if name == "message.new"]) == 10
    await lyova.close()


async def test_sync_is_the_twin_of_resume(pair):
    lyova, anna, chat = pair
    stream = f"chat:{chat}"
    heads = await anna.ok("/sync", {})
    said = await lyova.say(chat, "hello")
    await anna.ok(f"/message/{said['id']}/vote")
    since = heads["streams"][stream]["head"]
    caught = (await anna.ok("/sync", {"epoch": heads["epoch"], "streams": {stream: since}}))["streams"][stream]
    assert (caught["recovered"], caught["head"]) == (True, since + 2)
    [[name, body]] = caught["events"]
    assert (name, body["seq"]) == ("message.new", since + 2)
    assert (body["data"]["voter"], body["data"]["voted"]) == ("anna", True)
    stranger = (await anna.ok("/sync", {"streams": {"chat:5": 0}}))["streams"]["chat:5"]
    assert stranger["recovered"] is False


async def test_numbers_survive_a_restart(serve, config):
    from tests.clients import Person

    server = await serve(config)
    lyova = Person(server, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    said = await lyova.say(chat, "hello")
    before = await lyova.ok("/sync", {})
    await lyova.close()
    await server.runner.cleanup()
    token = lyova.token
    lyova = Person(await serve(config), "lyova")
    lyova.token = token
    assert await lyova.ok("/sync", {}) == before
    assert await lyova.read(f"/chats/{chat}/messages") == [said]
    await lyova.close()


@pytest.mark.parametrize("transports", [("websocket",), ("polling",)])
async def test_a_long_replay_does_not_close_the_client_that_reads_it(pair, browser, transports):
    lyova, anna, chat = pair
    stream = f"chat:{chat}"
    for _ in range(120):
        await lyova.say(chat, "x" * 4000)
    page = await browser(anna, transports=transports)
    outcome = (await page.call("resume", {"streams": {stream: 0}}))["streams"][stream]
    assert outcome["recovered"] is True
    assert [body["seq"] for name, body in page.received if name == "message.new"][-1] == outcome["head"]
    assert not page.gone.is_set()


async def test_a_crowd_that_comes_back_costs_storage_one_reading_for_all_who_missed_the_same(
    pair, browser, services, monkeypatch
):
    lyova, anna, chat = pair
    stream = f"chat:{chat}"
    said = [await lyova.say(chat, str(number)) for number in range(4)]
    pages = [await browser(anna) for _ in range(8)]
    readings = []
    read = services.storage.changes

    async def counted(name, since, limit):
        readings.append((name, since))
        return await read(name, since, limit)

    monkeypatch.setattr(services.storage, "changes", counted)
    asked = [page.call("resume", {"streams": {stream: said[-1]["seq"]}}) for page in pages]
    assert {str(answer["streams"][stream]) for answer in await asyncio.gather(*asked)} == {
        str({"recovered": True, "head": said[-1]["seq"]})
    }
    assert readings == []
    for _ in range(2):
        asked = [page.call("resume", {"streams": {stream: said[0]["seq"]}}) for page in pages]
        for answer in await asyncio.gather(*asked):
            assert answer["streams"][stream] == {"recovered": True, "head": said[-1]["seq"]}
    assert readings == [(stream, said[0]["seq"])]
    # What was read then is not believed any more when the stream has gone on.
    more = await lyova.say(chat, "more")
    answer = await pages[0].call("resume", {"streams": {stream: said[0]["seq"]}})
    assert answer["streams"][stream] == {"recovered": True, "head": more["seq"]}
    assert len(readings) == 2
    for page in pages:
        heard = [body["data"]["text"] for name, body in page.received if name == "message.new"]
        assert heard[:3] == ["1", "2", "3"]
