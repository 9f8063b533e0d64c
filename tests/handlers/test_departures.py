"""Deleting an account: nothing that the person wrote, uploaded or was called is left, wherever it stood."""

import asyncio
import base64
import gzip
import json
from pathlib import Path

import pytest

from chatsrv.cli import main
from chatsrv.services import COLLECTIONS
from tests.clients import PASSWORD
from tests.school import appoint, submit
from tests.uploading import PDF, picture, uploaded

MARK = "zqmarkzq"
# What of a person is removed by a step of `Services._join_departures`, and what holds their number at most.
GOES = {
    *("people", "sessions", "contacts", "blocks", "applications", "consents", "oauth_codes"),
    *("diary", "dreams", "goals", "goal_shares", "tasks", "medals", "group_members", "tellings", "departures"),
    *("attachments", "contents", "webhooks"),
}
STAYS = {
    "conversations",
    "inbox",
    "arrivals",
    "open_chats",
    "imports",
    "quotas",
    "audit",
    "announcements",
    "groups",
    "retentions",
}


@pytest.fixture
def dump(server, config, monkeypatch, tmp_path):
    """Stop the server and return every line of an export of its data, the bytes of files as they are."""

    async def export(name="all.gz"):
        await server.runner.cleanup()
        for setting, value in [("DATA", config.data), ("STORAGE", config.storage), ("BUS", config.bus)]:
            monkeypatch.setenv(f"CHATSRV_{setting}", value)
        assert await asyncio.to_thread(main, ["export", str(tmp_path / name)]) == 0
        lines = gzip.decompress((tmp_path / name).read_bytes()).decode().splitlines()
        return [contents(line) for line in lines]

    return export


def in_files(config):
    """Say whether the mark stands in any file of the server's, as it is on the disk."""
    return any(MARK in path.read_bytes().decode("latin-1") for path in Path(config.data).rglob("*") if path.is_file())


def contents(line):
    """Return what a line of an export holds: of a file its bytes."""
    return base64.b64decode(json.loads(line)["bytes"]).decode("latin-1") if line.startswith('{"file"') else line


async def write_everywhere(leaver, anna):
    """Let somebody put the mark into every field that they may write, and return the chat and conversation."""
    again = {"Idempotency-Key": f"{MARK}-nonce"}
    avatar = await uploaded(leaver, picture(), f"{MARK}.png")
    profile = {"name": MARK, "bio": MARK, "avatar": avatar["url"], "email": f"{MARK}@example.org"}
    await leaver.ok("/user/edit", profile | {"old_password": PASSWORD})
    assert (await leaver.ask("PUT", "/v0/users/", json={"phone_number": "+7 912 345-67-89"})).status == 200
    chat = await anna.chat(leaver, name="Anna's")
    own = await leaver.chat(anna, name="Lyova's")
    alone = await leaver.chat(name=f"{MARK} alone")
    await leaver.ok(f"/chats/{own}/edit", {"avatar": avatar["url"]})
    asked = await anna.say(chat, "who is there?")
    file = await uploaded(leaver, f"{MARK} in a file".encode(), f"{MARK}.txt")
    said = await leaver.say(chat, f"{MARK} answers @{anna.nickname}", parent_id=asked["id"], attachments=[file["id"]])
    await leaver.ok(f"/message/{said['id']}/edit", {"text": f"{MARK} edited"})
    await leaver.ok(f"/chats/{chat}/messages", {"text": f"{MARK} once"}, headers=again)
    await leaver.ok(f"/message/{asked['id']}/vote", headers=again | {"Idempotency-Key": f"{MARK}-vote"})
    await leaver.say(alone, MARK)
    word = await leaver.ok(f"/user/{anna.nickname}/message", {"text": MARK})
    await leaver.ok(f"/message/{asked['id']}/report", {"reason": MARK})
    await anna.ok(f"/message/{said['id']}/report", {"reason": "a bad word"})
    await leaver.ok("/articles/new", {"title": MARK, "text": MARK, "access-token": leaver.token})
    await write_diary(leaver, chat)
    for title in (f"{MARK} decided", f"{MARK} waiting"):
        proof = await uploaded(leaver, PDF + title.encode(), f"{title}.pdf")
        await submit(leaver, title, description=MARK, proof=proof["id"])
    news = {"text": "No lessons tomorrow"}
    await leaver.ok(f"/user/{anna.nickname}/notify", news, headers={"Idempotency-Key": f"{MARK}-told"})
    await leaver.ok("/notifications/moderators", news, headers={"Idempotency-Key": f"{MARK}-all"})
    await leaver.ok("/attachments/links", {"url": f"https://example.org/{MARK}", "name": MARK})
    await leaver.ok("/oauth/applications", {"name": MARK, "redirect_uris": [f"https://{MARK}.example.org/"]})
    await leaver.ok("/notifications/webhooks", {"url": f"https://example.org/{MARK}", "events": ["notification.new"]})
    await leaver.ok(f"/user/{anna.nickname}/add")
    await leaver.ok(f"/user/{anna.nickname}/block")
    return chat, word["conversation_id"], own, asked["id"]


async def write_diary(leaver, chat):
    """Let somebody put the mark into the dream diary, and show a goal to a chat."""
    await leaver.ok("/v0/diary/", {"day": "2026-11-21", "text": MARK, "achieved": [MARK]})
    file = await uploaded(leaver, f"{MARK} dreams".encode(), f"{MARK}.dream")
    dream = await leaver.ok("/v0/dreams/", {"name": MARK, "description": MARK, "attachments": [file["id"], MARK]})
    goal = await leaver.ok(f"/v0/dreams/{dream['id']}/goal", {"name": f"{MARK} goal"})
    await leaver.ok("/v0/task/", {"name": MARK, "goal": goal["id"], "description": MARK})
    await leaver.ok(f"/v0/goals/{goal['id']}/share", {"chat_id": chat})


def test_of_everything_that_is_stored_it_is_known_what_becomes_of_it():
    assert {one.name for one in COLLECTIONS} == GOES | STAYS, "let it be forgotten, and say so in docs/privacy.md"


async def test_nothing_of_a_person_who_goes_is_found_anywhere(person, services, dump):
    leaver, anna, boris = [await person(name) for name in (f"{MARK}-nick", "anna", "boris")]
    for one in (leaver, boris):
        await appoint(one)
    chat, conversation, own, asked = await write_everywhere(leaver, anna)
    assert MARK in str(await anna.read("/notifications/page/1"))
    assert len(await boris.read("/reports/page/1")) == 2
    decided, _ = await boris.read("/achievements/queue/page/1")
    await boris.ok(f"/achievements/{decided['id']}/accept", {"points": 5})
    await boris.ok("/medals", {"user": leaver.nickname, "type": "gold", "title": f"for {MARK}"})
    await services.errands.do_all()
    before = await anna.read("/notifications/unread")
    await anna.say(chat, "here", attachments=[(await uploaded(anna, b"anna in a file"))["id"]])
    await leaver.ok("/user/delete", {"password": PASSWORD})

    gone = f"deleted-{leaver.id}"
    messages = await anna.read(f"/chats/{chat}/messages")
    assert [(one["author"], one["text"], one["deleted"]) for one in messages] == [
        ("anna", "here", False),
        (gone, "", True),
        (gone, "", True),
        ("anna", "who is there?", False),
    ]
    assert [one["votes"] for one in messages] == [0, 0, 0, 0]
    assert messages[1]["attachments"] == messages[2]["attachments"] == []
    details = await anna.read(f"/conversations/{conversation}")
    assert (details["user"]["nickname"], details["user"]["name"], details["unread"]) == (gone, "", 1)
    inherited = await anna.read(f"/chats/{own}/details")
    assert (inherited["admin"], inherited["avatar"], inherited["users_count"]) == ("anna", "", 1)
    told = await anna.read("/notifications/page/1")
    assert {one["data"]["author"] for one in told} == {gone}
    assert await anna.read("/notifications/unread") == before
    [left] = await boris.read("/reports/page/1")
    assert (left["message_id"], left["reasons"]) == (asked, [])
    assert await anna.read(f"/v0/chats/{chat}/goals") == []
    assert await boris.read("/achievements/queue/page/1") == await anna.read("/leaderboard") == []
    assert {one["text"] for one in told if one["kind"] == "message"} == {"No lessons tomorrow"}
    assert (await anna.get("/articles")).body["articles"] == []

    lines = await dump()
    for kept in ("who is there?", "anna in a file"):
        assert any(kept in line for line in lines)
    assert [line for line in lines if MARK in line.lower() or "345-67-89" in line] == []


async def test_a_deletion_that_was_cut_off_goes_on_when_a_process_is_there_again(person, services, config):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    said = (await lyova.say(chat, f"{MARK} is still here"))["id"]
    assert await anna.read(f"/search?q={MARK}")
    # As it stands when the process dies right after the mark: nothing was done yet.
    await services.storage.insert("departures", {"id": lyova.id, "since": 1, "words_stay": False})
    await services.upkeep.do_all()
    assert (await lyova.get("/user/me")).status == 401
    assert (await anna.get(f"/message/{said}/details")).codes == {"MESSAGE_DELETED"}
    assert [one["nickname"] for one in await anna.read(f"/chats/{chat}/users")] == ["anna"]
    assert await services.storage.find("departures", {}) == []
    await services.upkeep.do_all()
    async with asyncio.timeout(10):
        while in_files(config):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_a_request_under_way_left_behind_goes_a_while_later(person, services):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    late = await services.people.get(lyova.id)
    await lyova.ok("/user/delete", {"password": PASSWORD})
    # A process that had let them in a moment before writes what they sent.
    article = await services.articles.write(late, "late", "words")
    assert (await anna.get(f"/articles/{article.id}")).status == 200
    await services.storage.update("departures", lyova.id, {"since": 1})
    await services.upkeep.do_all()
    assert (await anna.get(f"/articles/{article.id}")).status == 404
    assert [one["nickname"] for one in await anna.read(f"/chats/{chat}/users")] == ["anna"]


async def test_counts_stay_right_when_an_author_goes(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    for number in range(30):
        await lyova.say(chat, f"message {number}")
    own = (await anna.say(chat, "mine"))["id"]
    await lyova.say(chat, "the last")
    before = (await anna.read("/chats/page/1"))[0]["unread"]
    await lyova.ok("/user/delete", {"password": PASSWORD})
    assert (await anna.read("/chats/page/1"))[0]["unread"] == before == 1
    pages = [await anna.read(f"/chats/{chat}/messages/page/{page}") for page in (1, 2)]
    assert [len(page) for page in pages] == [25, 7]
    assert [one["id"] for page in pages for one in page if not one["deleted"]] == [own]
    assert (await anna.read(f"/chats/{chat}/details"))["users_count"] == 1


async def test_others_hear_at_once_that_somebody_is_gone(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    said = (await lyova.say(chat, "hello, @anna"))["id"]
    asked = (await anna.say(chat, "hello"))["id"]
    await lyova.ok(f"/message/{asked}/vote")
    page = await browser(anna)
    await lyova.ok("/user/delete", {"password": PASSWORD})
    renamed = (await page.next("chat.updated", f"chat:{chat}"))["data"]
    assert renamed["user"]["nickname"] == f"deleted-{lyova.id}"
    gone = (await page.next("message.deleted"))["data"]
    assert (gone["id"], gone["text"], gone["author"]) == (said, "", f"deleted-{lyova.id}")
    unvoted = (await page.next("message.voted"))["data"]
    assert (unvoted["id"], unvoted["votes"], unvoted["voted"]) == (asked, 0, False)
    assert not (await page.next("chat.left", f"chat:{chat}"))["data"]["joined"]
    told = (await page.next("notification.edited", f"user:{anna.id}"))["data"]
    assert told["data"]["author"] == f"deleted-{lyova.id}"
    assert told["read"] is False
