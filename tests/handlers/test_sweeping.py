"""Sweeping: what nothing holds goes after a while; what a process left half done when it died is finished."""

import asyncio

import pytest

from chatsrv.clock import system_clock
from chatsrv.services.attachment_records import ATTACHMENTS, GOING, UNSURE
from chatsrv.services.contents import CONTENTS, TOTAL
from chatsrv.services.quotas import QUOTAS
from storage.base import Missing
from tests.uploading import MP4, picture, uploaded

HOUR = 3_600_000


@pytest.fixture
def sweep(services):
    async def after(hours: float) -> None:
        await services.sweeping.sweep(system_clock() + int(hours * HOUR))

    return after


@pytest.fixture
def storage_of_server(services):
    return services.storage


async def test_an_upload_that_is_never_attached_goes_and_an_attached_one_stays(person, sweep, storage_of_server):
    lyova = await person("lyova")
    chat = await lyova.chat()
    held, face, loose, linked = [await uploaded(lyova, content) for content in (MP4, picture(), b"x", b"y")]
    await lyova.say(chat, "here", attachments=[held["id"]])
    await lyova.ok("/user/edit", {"avatar": face["id"]})
    await lyova.ok("/attachments/links", {"url": "http://example.org"})
    await sweep(23)
    assert len(await lyova.read("/attachments/page/1")) == 5
    await asyncio.gather(sweep(25), sweep(25))
    assert {one["id"] for one in await lyova.read("/attachments/page/1")} == {held["id"], face["id"]}
    assert [(await lyova.get(one["url"])).status for one in (held, face, loose, linked)] == [200, 200, 404, 404]
    kept = len(MP4) + len(picture())
    names = (TOTAL, f"person:{lyova.id}")
    assert [(await storage_of_server.get(QUOTAS.name, name))["bytes"] for name in names] == [kept] * 2


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "never stored"])
async def test_what_was_being_attached_when_a_process_died_is_asked_for(person, sweep, storage_of_server, stored):
    lyova, anna = await person("lyova"), await person("anna")
    chat, made = await lyova.chat(anna), await uploaded(lyova, MP4)
    message = (await lyova.say(chat, "here", attachments=[made["id"]] if stored else []))["id"]
    changes = {"state": UNSURE, "holders": [f"message:{message}"], "since": system_clock()}
    await storage_of_server.update(ATTACHMENTS.name, made["id"], changes)
    await sweep(0.5)
    assert (await storage_of_server.get(ATTACHMENTS.name, made["id"]))["state"] == UNSURE
    await sweep(1.5)
    assert (await lyova.read(f"{made['url']}/details"))["attached"] is stored
    await sweep(30)
    assert [(await one.get(made["url"])).status for one in (lyova, anna)] == ([200, 200] if stored else [404, 404])


async def test_an_upload_that_died_with_its_process_leaves_nothing(person, sweep, services, storage_of_server):
    lyova = await person("lyova")

    async def parts():
        yield MP4

    record = await services.uploads._records.begin(await services.people.get(lyova.id))
    await services.uploads._files.write(record["own"], parts())
    await sweep(1)
    assert await storage_of_server.count(ATTACHMENTS.name, {}) == 1
    await sweep(3)
    assert await storage_of_server.count(ATTACHMENTS.name, {}) == 0
    with pytest.raises(Missing):
        await anext(services.uploads._files.read(record["own"]))


async def test_a_removal_that_died_with_its_process_is_finished(person, sweep, storage_of_server):
    lyova, anna = await person("lyova"), await person("anna")
    mine, hers = await uploaded(lyova, MP4), await uploaded(anna, MP4)
    record = await storage_of_server.get(ATTACHMENTS.name, mine["id"])
    going = {"state": GOING, "owner": None, "content": None, "leaving": [record["content"]], "since": system_clock()}
    await storage_of_server.update(ATTACHMENTS.name, mine["id"], going)
    await sweep(2)
    assert await storage_of_server.count(ATTACHMENTS.name, {}) == 1
    assert (await anna.get(hers["url"])).body == MP4
    assert (await storage_of_server.get(QUOTAS.name, f"person:{lyova.id}"))["bytes"] == 0
    [content] = await storage_of_server.find(CONTENTS.name, {})
    dying = {"state": "dying", "digest": None, "since": system_clock()}
    await storage_of_server.update(CONTENTS.name, content["id"], dying)
    await sweep(2)
    assert (await anna.get(hers["url"])).body == MP4


async def test_the_same_bytes_come_and_go_at_once_and_whoever_has_them_can_read_them(person):
    lyova, anna = await person("lyova"), await person("anna")

    async def come_and_go(one):
        for _ in range(15):
            made = await uploaded(one, MP4)
            read = await one.get(made["url"])
            assert (read.status, read.body) == (200, MP4)
            assert (await one.ask("DELETE", made["url"])).status == 200

    async with asyncio.TaskGroup() as group:
        for one in (lyova, lyova, anna, anna):
            group.create_task(come_and_go(one))


async def test_after_all_have_gone_nothing_is_left(person, storage_of_server, tmp_path):
    lyova = await person("lyova")
    made = await asyncio.gather(*(uploaded(lyova, picture()) for _ in range(4)))
    await asyncio.gather(*(lyova.ask("DELETE", one["url"]) for one in made))
    assert [await storage_of_server.count(name, {}) for name in (ATTACHMENTS.name, CONTENTS.name)] == [0, 0]
    assert [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()] == []
    assert (await storage_of_server.get(QUOTAS.name, TOTAL))["bytes"] == 0
