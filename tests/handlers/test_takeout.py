"""Taking along: everything of a person, nothing of another, in one zip that is whole."""

import asyncio
import dataclasses
import io
import json
import zipfile

from tests.clients import PASSWORD, Person
from tests.school import submit
from tests.uploading import picture, upload, uploaded


async def taken(person):
    reply = await person.get("/user/export")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(reply.body))
    assert archive.testzip() is None
    return archive


def lists(archive):
    names = [name for name in archive.namelist() if name.endswith(".json")]
    return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in names}


async def test_a_person_takes_along_what_is_theirs(person):
    lyova, anna = await person("lyova"), await person("anna")
    await lyova.ok("/user/edit", {"name": "<b>Lev</b>", "bio": "writes"})
    chat = await anna.chat(lyova, name="Writers")
    asked = await anna.say(chat, "Anna's words")
    said = await lyova.say(chat, "Lyova's words, @anna", parent_id=asked["id"])
    gone = await lyova.say(chat, "taken back")
    await lyova.ok(f"/message/{gone['id']}/delete")
    await lyova.ok(f"/message/{asked['id']}/vote")
    await anna.ok(f"/message/{said['id']}/vote")
    word = await lyova.ok("/user/anna/message", {"text": "in private"})
    await lyova.ok("/articles/new", {"title": "War", "text": "and peace", "access-token": lyova.token})
    await lyova.ok("/v0/diary/", {"day": "2026-11-21", "text": "a good day"})
    await lyova.ok("/v0/dreams/", {"name": "to fly"})
    goal = await lyova.ok("/v0/goals/", {"name": "wings", "due_date": 1_800_000_000})
    await lyova.ok("/v0/task/", {"name": "feathers", "goal": goal["id"]})
    await lyova.ok("/user/anna/add")
    await lyova.ok(f"/message/{asked['id']}/report", {"reason": "too short"})
    await submit(lyova, "first place")
    await anna.ok("/v0/diary/", {"day": "2026-11-21", "text": "Anna's secret"})

    archive = await taken(lyova)
    held = lists(archive)
    [profile] = held["profile"]
    assert (profile["nickname"], profile["email"], profile["bio"]) == ("lyova", lyova.email, "writes")
    messages = {one["id"]: one for one in held["messages"]}
    assert messages.keys() == {said["id"], word["id"]}
    own = messages[said["id"]]
    assert (own["text"], own["room"], own["votes"]) == ("Lyova's words, @anna", f"chat:{chat}", 1)
    assert own["created"].startswith("20")
    assert held["chats"] == [{"room": f"chat:{chat}", "name": "Writers", "joined": True, "muted": False}]
    [conversation] = held["conversations"]
    assert (conversation["with"], conversation["with_id"]) == ("anna", anna.id)
    assert [one["message"] for one in held["votes"]] == [asked["id"]]
    assert [one["title"] for one in held["articles"]] == ["War"]
    assert {one["kind"] for one in held["notifications"]} == {"invitation", "vote"}
    assert held["reports"] == [{"message": asked["id"], "reasons": ["too short"], "state": "pending"}]
    found = {name: [one.get("name") or one["text"] for one in held[name]] for name in ("diary", "dreams", "goals")}
    assert found == {"diary": ["a good day"], "dreams": ["to fly"], "goals": ["wings"]}
    assert [one["name"] for one in held["tasks"]] == ["feathers"]
    assert [(one["title"], one["state"]) for one in held["achievements"]] == [("first place", "pending")]
    assert len(held["sessions"]) == 1
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    for hidden in ("Anna's words", "Anna's secret", "taken back", "argon2", lyova.refresh_token.partition(".")[2]):
        assert hidden not in everything
    page = archive.read("index.html").decode()
    assert "&lt;b&gt;Lev&lt;/b&gt;" in page
    assert "<b>Lev" not in page
    for name in held:
        assert f'href="{name}.json"' in page


async def test_the_bytes_of_attachments_go_along_whatever_they_are_called(person):
    lyova, anna = await person("lyova"), await person("anna")
    large = bytes(range(256)) * 4000
    names = {"../../etc/passwd": b"not a password", "<b>.txt": b"bold", "большой файл.bin": large}
    for name, content in names.items():
        assert (await upload(lyova, content, name)).status == 200
    await uploaded(lyova, picture(), "picture.png")
    await uploaded(anna, b"anna's own")
    await lyova.ok("/attachments/links", {"url": "https://example.org/", "name": "a link"})
    archive = await taken(lyova)
    files = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    assert sorted(files.values()) == sorted([*names.values(), picture()])
    for path in files:
        assert ".." not in path
        assert len(path.split("/")) == 3
    assert len(lists(archive)["attachments"]) == 5
    assert "<b>" not in archive.read("index.html").decode()
    assert b"anna's own" not in b"".join(files.values())


async def test_more_messages_than_are_read_at_once_come_whole(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    for _ in range(3):
        await asyncio.gather(*(lyova.say(chat, "words " * 100) for _ in range(50)))
    held = lists(await taken(lyova))
    assert len({one["id"] for one in held["messages"]}) == 150


async def test_one_takes_along_only_so_often_and_only_oneself(serve, config):
    rates = dataclasses.replace(config.rates, exports_per_hour=2)
    server = await serve(dataclasses.replace(config, rates=rates))
    lyova, anna = Person(server, "lyova"), Person(server, "anna")
    for one in (lyova, anna):
        await one.register()
    for _ in range(2):
        await taken(lyova)
    refused = await lyova.get("/user/export")
    assert (refused.status, refused.codes) == (429, {"TOO_MANY_REQUESTS"})
    assert int(refused.headers["Retry-After"]) > 60
    await taken(anna)
    await anna.ok("/user/delete", {"password": PASSWORD})
    assert (await anna.get("/user/export")).status == 401
    for one in (lyova, anna):
        await one.close()
