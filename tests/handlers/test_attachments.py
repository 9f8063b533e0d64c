"""Attachments: uploading, reading, and who may see them."""

import dataclasses
import os
from urllib.parse import quote

import pytest

from chatsrv.clock import system_clock
from tests.uploading import HTML, MP4, PDF, SVG, WEBM, bomb, picture, upload, uploaded

HOUR = 3_600_000
BACK = "\\"


@pytest.mark.parametrize(
    ("content", "name", "kind", "place"),
    [
        (picture("PNG"), "a.txt", "image/png", "inline"),
        (picture("JPEG"), "a.html", "image/jpeg", "inline"),
        (picture("GIF"), "a", "image/gif", "inline"),
        (picture("WEBP"), "a.exe", "image/webp", "inline"),
        (MP4, "a.jpg", "video/mp4", "inline"),
        (WEBM, "a.jpg", "video/webm", "inline"),
        (PDF, "a.jpg", "application/pdf", "attachment"),
        (SVG, "a.svg", "application/octet-stream", "attachment"),
        (HTML, "a.jpg", "application/octet-stream", "attachment"),
        (b"", "empty.png", "application/octet-stream", "attachment"),
    ],
)
async def test_the_content_decides_what_a_file_is_and_whether_it_is_shown(person, content, name, kind, place):
    lyova = await person("lyova")
    made = await uploaded(lyova, content, name)
    assert (made["type"], made["size"], made["name"], made["attached"]) == (kind, len(content), name, False)
    pixels = (40, 30) if kind.startswith("image/") else (0, 0)
    assert (made["width"], made["height"], made["thumbnail"] is not None) == (*pixels, pixels != (0, 0))
    read = await lyova.get(made["url"])
    assert (read.status, read.body, read.headers["Content-Type"]) == (200, content, kind)
    assert read.headers["Content-Disposition"].startswith(f"{place};")
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert read.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_a_picture_has_a_thumbnail_that_is_small(person):
    lyova = await person("lyova")
    made = await uploaded(lyova, picture("JPEG", (2000, 1000)))
    small = await lyova.get(made["thumbnail"])
    assert (small.status, small.headers["Content-Type"]) == (200, "image/webp")
    assert len(small.body) < 10_000
    again = await lyova.ask("GET", made["thumbnail"], headers={"If-None-Match": small.headers["ETag"]})
    assert again.status == 304
    video = await uploaded(lyova, MP4)
    assert (await lyova.get(f"{video['url']}/thumbnail")).codes == {"NO_THUMBNAIL"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("..", "file"),
        ("/", "file"),
        ('a";x="b.html', 'a";x="b.html'),
        ("line\r\nX-Evil: 1", ""),
        ("\u202egnp.exe", "gnp.exe"),
        ("Лето.png", "Лето.png"),
        ("x" * 500 + ".png", "x" * 196 + ".png"),
    ],
)
async def test_a_name_is_only_shown_and_never_a_path_or_a_header(person, given, kept, tmp_path):
    lyova = await person("lyova")
    before = {path.name for path in tmp_path.rglob("*")}
    # Only the second form can hold a quotation mark.
    named = f"filename*=utf-8''{quote(given)}" if '"' in given else f'filename="{given.replace(BACK, 2 * BACK)}"'
    head = f'--x\r\nContent-Disposition: form-data; name="file"; {named}\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    reply = await lyova.ask("POST", "/attachments", data=head.encode() + b"x\r\n--x--\r\n", headers=kind)
    if "\n" in given:
        assert reply.codes == {"NO_FILE"}
        return
    assert reply.body["name"] == kept
    read = await lyova.get(reply.body["url"])
    assert read.headers["Content-Disposition"].isascii()
    assert read.headers["Content-Disposition"].count("\n") == 0
    assert "X-Evil" not in read.headers
    assert kept not in {path.name for path in tmp_path.rglob("*")} - before


async def test_any_part_of_a_video_can_be_read(person):
    lyova = await person("lyova")
    url, size = (await uploaded(lyova, MP4))["url"], len(MP4)
    whole = await lyova.get(url)
    assert whole.headers["Accept-Ranges"] == "bytes"
    tag = whole.headers["ETag"]
    for wanted, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=5000-", 5000, size),
        ("bytes=-10", size - 10, size),
        (f"bytes=0-{size * 9}", 0, size),
        (f"bytes=-{size * 9}", 0, size),
    ):
        part = await lyova.ask("GET", url, headers={"Range": wanted, "If-Range": tag})
        assert (part.status, part.body) == (206, MP4[start:end]), wanted
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
    for beyond in (f"bytes={size}-", "bytes=-0", f"bytes={'9' * 18}-"):
        reply = await lyova.ask("GET", url, headers={"Range": beyond})
        assert (reply.status, reply.codes) == (416, {"BAD_RANGE"})
        assert reply.body["global"][0]["d"] == size
    for ignored in ("bytes=5-1", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b", "bytes=" + "9" * 5000 + "-"):
        assert (await lyova.ask("GET", url, headers={"Range": ignored})).status == 200
    changed = await lyova.ask("GET", url, headers={"Range": "bytes=0-0", "If-Range": '"other"'})
    assert (changed.status, changed.body) == (200, MP4)
    assert (await lyova.ask("GET", url, headers={"If-None-Match": tag})).status == 304


@pytest.mark.parametrize("side", [8_000, 30_000])
async def test_a_bomb_is_refused_and_never_unpacked(person, side):
    lyova = await person("lyova")
    reply = await upload(lyova, bomb(side), "bomb.png")
    assert (reply.status, reply.codes) == (413, {"TOO_MANY_PIXELS"})
    assert await lyova.read("/attachments/page/1") == []


@pytest.mark.parametrize(
    "content", [picture()[:60], b"\x89PNG\r\n\x1a\n" + HTML, b"GIF89a" + HTML, picture("JPEG")[:300]]
)
async def test_what_only_looks_like_a_picture_is_refused(person, content, tmp_path):
    lyova = await person("lyova")
    reply = await upload(lyova, content, "a.png")
    assert (reply.status, reply.codes) == (400, {"BAD_PICTURE"})
    assert await lyova.read("/attachments/page/1") == []
    assert files_in(tmp_path) == []


async def test_identical_bytes_are_stored_once_and_go_with_the_last_who_has_them(person, tmp_path, config):
    lyova, anna = await person("lyova"), await person("anna")
    content = os.urandom(300_000)
    first, second = await uploaded(lyova, content, "a"), await uploaded(anna, content, "b")
    assert first["id"] != second["id"]
    if not config.storage:
        assert len(files_in(tmp_path)) == 1
    assert (await lyova.ask("DELETE", first["url"])).status == 200
    assert (await anna.get(second["url"])).body == content
    assert (await anna.ask("DELETE", second["url"])).status == 200
    assert files_in(tmp_path) == []
    assert (await anna.get(second["url"])).codes == {"NO_SUCH_ATTACHMENT"}
    third = await uploaded(anna, content)
    assert (await anna.get(third["url"])).body == content


async def test_a_stranger_can_neither_see_nor_use_nor_remove_a_file(person):
    lyova, stranger = await person("lyova"), await person("stranger")
    made = await uploaded(lyova, picture())
    for method, path in (
        ("GET", made["url"]),
        ("GET", made["thumbnail"]),
        ("GET", f"{made['url']}/details"),
        ("DELETE", made["url"]),
    ):
        assert (await stranger.ask(method, path)).codes == {"NO_SUCH_ATTACHMENT"}
    chat = await stranger.chat()
    taken = await stranger.post(f"/chats/{chat}/messages", {"text": "mine", "attachments": [made["id"]]})
    assert (taken.status, taken.codes) == (404, {"attachments:NO_SUCH_ATTACHMENT"})
    for path in ("/user/edit", f"/chats/{chat}/edit"):
        assert (await stranger.post(path, {"avatar": made["id"]})).codes == {"avatar:NO_SUCH_ATTACHMENT"}
    assert (await stranger.read("/attachments/page/1"), len(await lyova.read("/attachments/page/1"))) == ([], 1)


async def test_what_a_message_has_is_seen_by_who_may_read_it_and_by_nobody_else(person, browser):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    chat = await lyova.chat(anna)
    heard = await browser(anna)
    made = await uploaded(lyova, picture(), "Лето.png")
    said = await lyova.ok(f"/chats/{chat}/messages", {"attachments": [made["id"]]})
    shown = {key: value for key, value in made.items() if key not in ("added", "attached")}
    assert (said["text"], said["attachments"]) == ("", [shown])
    assert (await heard.next("message.new"))["data"]["attachments"] == [shown]
    assert (await anna.read(f"/chats/{chat}/messages"))[0]["attachments"] == [shown]
    assert (await anna.get(made["url"])).status == 200
    assert (await anna.read(f"{made['url']}/details"))["attached"] is True
    assert (await stranger.get(made["url"])).codes == {"NO_SUCH_ATTACHMENT"}
    await anna.ok(f"/chats/{chat}/leave")
    assert (await anna.get(made["url"])).codes == {"NO_SUCH_ATTACHMENT"}
    assert (await lyova.ask("DELETE", made["url"])).codes == {"ATTACHED"}


async def test_a_deleted_message_lets_its_files_go(person, services):
    lyova, anna = await person("lyova"), await person("anna")
    word = await lyova.ok("/user/anna/message", {"attachments": [(await uploaded(lyova, MP4))["id"]]})
    [made] = word["attachments"]
    assert (await anna.get(made["url"])).status == 200
    await lyova.ok(f"/message/{word['id']}/delete")
    assert (await anna.get(made["url"])).codes == {"NO_SUCH_ATTACHMENT"}
    assert (await anna.read(f"/conversations/{word['conversation_id']}/messages"))[0]["attachments"] == []
    assert (await lyova.read(f"{made['url']}/details"))["attached"] is False
    await services.sweeping.sweep(system_clock() + 25 * HOUR)
    assert (await lyova.get(made["url"])).codes == {"NO_SUCH_ATTACHMENT"}


async def test_a_file_of_two_messages_is_seen_as_long_as_one_of_them_is_there(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat, made = await lyova.chat(anna), await uploaded(lyova, MP4)
    one = await lyova.say(chat, "one", attachments=[made["id"]])
    await lyova.say(chat, "two", attachments=[made["id"]])
    await lyova.ok(f"/message/{one['id']}/delete")
    assert (await anna.get(made["url"])).status == 200


async def test_a_retry_attaches_once(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat, made = await lyova.chat(anna), await uploaded(lyova, MP4)
    body, key = {"text": "look", "attachments": [made["id"]]}, {"Idempotency-Key": "k"}
    first = await lyova.ok(f"/chats/{chat}/messages", body, headers=key)
    assert await lyova.ok(f"/chats/{chat}/messages", body, headers=key) == first
    assert (await anna.get(made["url"])).status == 200
    await lyova.ok(f"/message/{first['id']}/delete")
    assert (await lyova.ask("DELETE", made["url"])).status == 200


@pytest.mark.parametrize("given", ["x", "../x", 5, None, {"$ne": 1}, "0" * 8 + "-0000" * 3 + "-" + "0" * 12])
async def test_what_is_no_attachment_can_not_be_attached(person, given):
    lyova = await person("lyova")
    chat = await lyova.chat()
    reply = await lyova.post(f"/chats/{chat}/messages", {"text": "x", "attachments": [given]})
    assert reply.status in (400, 404)
    assert reply.codes <= {
        "attachments.0:NO_SUCH_ATTACHMENT",
        "attachments.0:WRONG_TYPE",
        "attachments:NO_SUCH_ATTACHMENT",
    }
    assert (await lyova.post(f"/chats/{chat}/messages", {"attachments": []})).codes == {"text:REQUIRED_FIELD"}
    many = [(await uploaded(lyova, b"x"))["id"]] * 11
    assert (await lyova.post(f"/chats/{chat}/messages", {"attachments": many})).codes == {"attachments:TOO_LONG"}


async def test_an_avatar_of_ones_own_is_seen_by_everyone_logged_in_and_goes_with_the_next(person):
    lyova, stranger = await person("lyova"), await person("stranger")
    made, other = await uploaded(lyova, picture()), await uploaded(lyova, picture(colour="blue"))
    assert (await lyova.ok("/user/edit", {"avatar": made["id"]}))["avatar"] == made["url"]
    assert (await stranger.read("/user/lyova/short"))["avatar"] == made["url"]
    assert (await stranger.get(made["url"])).status == 200
    await lyova.ok("/user/edit", {"avatar": made["url"], "name": "Lev"})
    assert (await stranger.get(made["url"])).status == 200
    await lyova.ok("/user/edit", {"avatar": other["url"]})
    assert (await stranger.get(made["url"])).codes == {"NO_SUCH_ATTACHMENT"}
    assert (await stranger.get(other["thumbnail"])).status == 200
    video = await uploaded(lyova, MP4)
    assert (await lyova.post("/user/edit", {"avatar": video["id"]})).codes == {"avatar:NOT_A_PICTURE"}
    assert (await lyova.ok("/user/edit", {"avatar": "https://example.org/a.png"}))["avatar"].startswith("https")
    assert (await lyova.ask("DELETE", other["url"])).status == 200


async def test_an_avatar_of_a_chat_is_seen_by_its_members(person):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    made, other = await uploaded(lyova, picture()), await uploaded(lyova, picture(colour="blue"))
    body = {"name": "Writers", "avatar": made["id"], "users": ["anna"]}
    chat = await lyova.ok("/chats", body)
    assert chat["avatar"] == made["url"]
    assert [(await one.get(made["url"])).status for one in (anna, stranger)] == [200, 404]
    assert (await lyova.ok(f"/chats/{chat['id']}/edit", {"avatar": other["id"]}))["avatar"] == other["url"]
    assert [(await anna.get(one["url"])).status for one in (made, other)] == [404, 200]


@pytest.mark.parametrize(("path", "one"), [("/v0/dreams/", "/v0/dreams/{}"), ("/v0/task/", "/v0/task/{}")])
async def test_a_dream_and_a_task_keep_the_files_that_they_name(person, services, path, one):
    lyova, stranger = await person("lyova"), await person("stranger")
    first, second = await uploaded(lyova, picture()), await uploaded(lyova, MP4)
    body = {"name": "Fly", "attachments": f"{first['id']}, https://example.org/wings"}
    made = await lyova.ok(path, body)
    assert made["attachments"] == f"{first['id']},https://example.org/wings"
    changed = {"attachments": [second["url"], "a word"]}
    assert (await lyova.ask("PUT", one.format(made["id"]), json=changed)).body[
        "attachments"
    ] == f"{second['url']},a word"
    assert [(await stranger.get(thing["url"])).status for thing in (first, second)] == [404, 404]
    assert (await stranger.post(path, body)).codes == {"attachments:NO_SUCH_ATTACHMENT"}
    await services.sweeping.sweep(system_clock() + 25 * HOUR)
    assert [(await lyova.get(thing["url"])).status for thing in (first, second)] == [404, 200]
    assert (await lyova.ask("DELETE", one.format(made["id"]))).status == 200
    assert (await lyova.read(f"{second['url']}/details"))["attached"] is False


async def test_a_goal_that_goes_lets_the_files_of_its_tasks_go(person):
    lyova = await person("lyova")
    file = await uploaded(lyova, MP4)
    goal = await lyova.ok("/v0/goals/", {"name": "Wings"})
    await lyova.ok("/v0/task/", {"name": "Feathers", "goal": goal["id"], "attachments": file["id"]})
    assert (await lyova.ask("DELETE", file["url"])).codes == {"ATTACHED"}
    assert (await lyova.ask("DELETE", f"/v0/goals/{goal['id']}")).status == 200
    assert (await lyova.ask("DELETE", file["url"])).status == 200


async def test_a_link_is_kept_and_attached_like_a_file(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    made = await lyova.ok("/attachments/links", {"url": "https://example.org/a?b=c", "name": "Read"})
    assert (made["type"], made["url"], made["name"], made["size"]) == ("link", "https://example.org/a?b=c", "Read", 0)
    said = await lyova.say(chat, "here", attachments=[made["id"]])
    assert said["attachments"][0]["url"] == "https://example.org/a?b=c"
    led = await anna.ask("GET", f"/attachments/{made['id']}", allow_redirects=False)
    assert (led.status, led.headers["Location"]) == (303, "https://example.org/a?b=c")
    for wrong in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "/local", "https://a b", ""):
        reply = await lyova.post("/attachments/links", {"url": wrong})
        assert (reply.status, reply.codes <= {"url:BAD_ADDRESS", "url:REQUIRED_FIELD"}) == (400, True)


async def test_a_signed_address_opens_one_file_without_a_header_and_only_as_long_as_one_may_see_it(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    made, other = await uploaded(lyova, picture()), await uploaded(lyova, MP4)
    await lyova.say(chat, "look", attachments=[made["id"]])
    details = await anna.read(f"{made['url']}/details")
    token, anna.token = anna.token, ""
    url, signature = details["signed_url"], details["signed_url"].partition("=")[2]
    assert [(await anna.get(one)).status for one in (url, details["signed_thumbnail"])] == [200, 200]
    for path in (f"{other['url']}?signature={signature}", f"{url}x", f"{made['url']}?signature="):
        assert (await anna.get(path)).codes == {"BAD_TOKEN"}
    assert (await anna.get(f"{made['url']}?signature={token}")).codes == {"BAD_TOKEN"}
    for closed in (f"/user/me?signature={signature}", f"{made['url']}/details?signature={signature}"):
        assert (await anna.get(closed)).codes == {"NO_TOKEN"}
    assert (await anna.ask("GET", "/user/me", headers={"Authorization": f"Bearer {signature}"})).codes == {"BAD_TOKEN"}
    anna.token = token
    await anna.ok("/user/logout")
    anna.token = ""
    assert (await anna.get(url)).codes == {"BAD_TOKEN"}


async def test_room_for_files_is_bounded_per_file_per_person_and_for_all(serve, config, person, tmp_path):
    files = dataclasses.replace(config.files, file_bytes=1000, person_bytes=1500, total_bytes=2500)
    server = await serve(dataclasses.replace(config, files=files, data=str(tmp_path / "other")))
    lyova, anna, boris = [await person(name, server) for name in ("lyova", "anna", "boris")]
    reply = await upload(lyova, bytes(1001))
    assert (reply.status, reply.codes, reply.body["global"][0]["d"]) == (413, {"FILE_TOO_LARGE"}, 1000)
    made = await uploaded(lyova, b"a" * 1000)
    assert (await upload(lyova, b"b" * 501)).codes == {"FILE_TOO_LARGE"}
    await uploaded(lyova, b"b" * 500)
    assert (await upload(lyova, b"c")).codes == {"TOO_MANY_FILES"}
    assert (await lyova.post("/attachments/links", {"url": "http://a"})).codes == {"TOO_MANY_FILES"}
    await uploaded(anna, b"d" * 1000)
    assert (await upload(boris, b"e")).codes == {"NO_ROOM_FOR_FILES"}
    assert (await lyova.ask("DELETE", made["url"])).status == 200
    await uploaded(boris, b"e" * 1000)
    await lyova.ok("/attachments/links", {"url": "http://a"})


async def test_pages_show_ones_own_latest_first(person):
    lyova = await person("lyova")
    made = [(await uploaded(lyova, b"%d" % number))["id"] for number in range(27)]
    first = await lyova.get("/attachments/page/1")
    assert 'rel="next"' in first.headers["Link"]
    second = await lyova.get("/attachments/page/2")
    assert "Link" not in second.headers
    assert sorted(one["id"] for one in first.body + second.body) == sorted(made)
    assert [one["added"] for one in first.body] == sorted((one["added"] for one in first.body), reverse=True)


async def test_the_seeds_path_takes_uploads_too(person):
    lyova = await person("lyova")
    assert (await upload(lyova, b"x", path="/v0/attachments/")).status == 200


def files_in(folder):
    """What is stored as files, if it is a folder that stores them."""
    return [path for path in (folder / "data" / "files").rglob("*") if path.is_file()]
