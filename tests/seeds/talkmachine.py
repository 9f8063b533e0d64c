"""What the tests of the TalkMachine seed share: how its errors, its empty answers and its pages look."""

import re

MESSAGE = {"id", "author", "created", "text", "parent_id", "edited", "voted", "votes"}
CHAT = {"id", "name", "avatar", "users_count", "admin", "muted"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
EMPTY = {}


def refused(reply, status, text, field=None):
    """The answer has the form of the document, and this text in the right place of it."""
    assert reply.status == status, reply.body
    assert reply.body.keys() == {"global", "fields"}
    atoms = reply.body["fields"][field] if field else reply.body["global"]
    assert [atom["t"] for atom in atoms] == [text]
    assert {atom["c"] >> 12 for atom in atoms} == {0b00_10}, "the channel is AJAX, the result an error"


async def has_pages(reader, path, ids):
    """A list has 25 a page, from page 1, and nothing past its end; what is no page is refused with a code."""
    assert 25 < len(ids) <= 50
    for number, expected in ((1, ids[:25]), (2, ids[25:]), (3, []), (1000, [])):
        assert [thing["id"] for thing in await reader.read(f"{path}/page/{number}")] == expected
    for number in ("0", "-1", "abc", 10**12):
        refused(await reader.get(f"{path}/page/{number}"), 400, "Pages are numbered from 1")


async def write(sender, to, text="Kek kek kek"):
    return await sender.ok(f"/user/{to.nickname}/message", {"text": text})
