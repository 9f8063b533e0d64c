"""Retention: a chat forgets what is older than its admin wants, for good, told live, whoever sweeps."""

import asyncio
import dataclasses

import pytest

from chatsrv.clock import system_clock
from tests.clients import Person
from tests.uploading import uploaded

DAY = 86_400_000


async def age(services, messages, days):
    """Let messages be so many days older than they are."""
    for id in messages:
        entry = await services.storage.entry(id)
        fields = entry.fields | {"created": entry.fields["created"] - days * DAY}
        await services.storage.amend(entry, event=entry.event, fields=fields, marks=entry.marks)


async def test_only_the_admin_says_how_long_and_everybody_hears_it(person, browser):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    chat = await lyova.chat(anna)
    page = await browser(anna)
    path = f"/chats/{chat}/retention"
    assert (await anna.read(f"/chats/{chat}/details"))["retention_days"] is None
    assert (await anna.post(path, {"days": 7})).codes == {"ONLY_ADMIN"}
    assert (await stranger.post(path, {"days": 7})).codes == {"NO_SUCH_CHAT"}
    assert (await lyova.ok(path, {"days": 7}))["retention_days"] == 7
    assert (await page.next("chat.updated"))["data"]["retention_days"] == 7
    await lyova.ok(f"/chats/{chat}/edit", {"name": "Others"})
    assert (await anna.read("/chats/page/1"))[0]["retention_days"] == 7
    assert (await lyova.ok(path, {"days": None}))["retention_days"] is None


@pytest.mark.parametrize(
    ("days", "code"),
    [(3651, "OUT_OF_RANGE"), (-1, "OUT_OF_RANGE"), ("7", "WRONG_TYPE"), (True, "WRONG_TYPE"), (7.5, "WRONG_TYPE")],
)
async def test_what_is_no_number_of_days_within_the_bounds_is_refused(person, days, code):
    lyova = await person("lyova")
    chat = await lyova.chat()
    assert (await lyova.post(f"/chats/{chat}/retention", {"days": days})).codes == {f"days:{code}"}
    assert (await lyova.post(f"/chats/{chat}/retention", {})).codes == {"days:REQUIRED_FIELD"}


async def test_what_is_older_goes_for_good_and_the_rest_stays(person, services, browser):
    lyova, anna = await person("lyova"), await person("anna")
    chat, other = await lyova.chat(anna), await lyova.chat(anna)
    file = await uploaded(anna, b"old bytes")
    old = [
        (await anna.say(chat, "old words", attachments=[file["id"]]))["id"],
        (await lyova.say(chat, "old too"))["id"],
    ]
    kept = (await lyova.say(other, "old elsewhere"))["id"]
    await age(services, [*old, kept], 8)
    young = (await anna.say(chat, "young", parent_id=old[0]))["id"]
    page = await browser(lyova)
    await lyova.ok(f"/chats/{chat}/retention", {"days": 7})
    await services.retention.sweep(system_clock())
    gone = [(await page.next("message.deleted", f"chat:{chat}"))["data"] for _ in old]
    assert {(one["id"], one["text"], one["deleted"]) for one in gone} == {(id, "", True) for id in old}
    shown = {one["id"]: (one["text"], one["deleted"]) for one in await anna.read(f"/chats/{chat}/messages")}
    assert shown == {old[0]: ("", True), old[1]: ("", True), young: ("young", False)}
    assert (await anna.read(f"/chats/{other}/messages"))[0]["text"] == "old elsewhere"
    assert await lyova.read("/search?q=words") == []
    assert (await lyova.get(f"/attachments/{file['id']}")).codes == {"NO_SUCH_ATTACHMENT"}
    head = await services.streams.head(f"chat:{chat}")
    await services.retention.sweep(system_clock())
    assert await services.streams.head(f"chat:{chat}") == head, "what is gone is not deleted again"
    await services.retention.sweep(system_clock() + 8 * DAY)
    assert (await anna.get(f"/message/{young}/details")).codes == {"MESSAGE_DELETED"}


async def test_a_chat_that_keeps_everything_again_loses_nothing_more(person, services):
    lyova = await person("lyova")
    chat = await lyova.chat()
    said = (await lyova.say(chat, "old"))["id"]
    await lyova.ok(f"/chats/{chat}/retention", {"days": 1})
    await lyova.ok(f"/chats/{chat}/retention", {"days": None})
    await services.retention.sweep(system_clock() + 5 * DAY)
    assert (await lyova.read(f"/message/{said}/details"))["text"] == "old"


async def test_a_long_past_goes_in_bounded_pieces_whoever_sweeps(serve, config):
    retention = dataclasses.replace(config.retention, per_sweep=100)
    server = await serve(dataclasses.replace(config, retention=retention))
    lyova = Person(server, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    for _ in range(3):
        await asyncio.gather(*(lyova.say(chat, "words") for _ in range(45)))
    await lyova.ok(f"/chats/{chat}/retention", {"days": 1})
    later = system_clock() + 2 * DAY

    async def living():
        pages = [await lyova.read(f"/chats/{chat}/messages/page/{number}") for number in range(1, 7)]
        return [one["id"] for page in pages for one in page if not one["deleted"]]

    before = await living()
    sweep = server.services.retention.sweep
    await asyncio.gather(sweep(later), sweep(later))
    left = await living()
    assert left == before[: len(left)], "the oldest go first"
    assert 0 < len(left) <= 35
    await sweep(later)
    assert await living() == []
    await lyova.close()


async def test_the_server_sweeps_by_itself(serve, config, browser):
    retention = dataclasses.replace(config.retention, every_seconds=1)
    server = await serve(dataclasses.replace(config, retention=retention))
    lyova = Person(server, "lyova")
    await lyova.register()
    chat = await lyova.chat()
    said = (await lyova.say(chat, "old"))["id"]
    await age(server.services, [said], 2)
    page = await browser(lyova)
    await lyova.ok(f"/chats/{chat}/retention", {"days": 1})
    assert (await page.next("message.deleted"))["data"]["id"] == said
    await lyova.close()
