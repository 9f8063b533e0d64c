"""Every route against every wrong asker: nothing of another person's is given or changed."""

import re

import pytest

from handlers import all_routes
from handlers.routing import Access, Route
from tests.uploading import uploaded

LOGGED_IN = [route for route in all_routes() if route.access is not Access.ANYONE]
BODY = {
    "text": "x",
    "name": "taken over",
    "id": 1,
    "nickname": "taken",
    "parent_id": 0,
    "streams": {},
    "avatar": "",
    "old_password": "Wrong-word-1",
    "password": "Wrong-word-1",
    "chat_id": 1,
    "day": "2026-11-21",
    "reason": "x",
    "days": 1,
    "url": "https://example.org/taken",
}
# What a stranger may do with what belongs to nobody in particular, or to themselves.
OWN = {
    "/user/me",
    "/user/edit",
    "/user/logout/others",
    "/user/delete",
    "/user/export",
    "/chats",
    "/sync",
    "/search",
    "/attachments",
    "/v0/attachments/",
    "/attachments/links",
    "/attachments/page/{page}",
    "/chats/page/{page}",
    "/contacts/page/{page}",
    "/conversations/page/{page}",
    "/messages/conversations/page/{page}",
    "/messages/voted/page/{page}",
    "/bots",
    "/oauth/applications",
    "/oauth/consent",
    "/oauth/consents",
    "/notifications/page/{page}",
    "/notifications/unread",
    "/notifications/read",
    "/notifications/settings",
    "/notifications/webhooks",
    "/achievements",
    "/achievements/page/{page}",
    "/achievements/pending/page/{page}",
    "/achievements/export",
    "/user/{nickname}/achievements/page/{page}",
    "/events/page/{page}",
    "/medals/page/{page}",
    "/user/{nickname}/medals/page/{page}",
    "/groups/own",
    "/banners/active",
    "/leaderboard",
    "/leaderboard/page/{page}",
    "/user/{nickname}/details",
    "/user/{nickname}/short",
    "/user/{nickname}/add",
    "/user/{nickname}/remove",
    "/user/{nickname}/block",
    "/user/{nickname}/unblock",
    "/blocked/page/{page}",
    "/user/{nickname}/message",
    "/v0/users/",
    "/v0/users",
    "/v0/users/profile",
    "/v0/users/all",
    "/v0/diary/",
    "/v0/dreams/",
    "/v0/dreams/all",
    "/v0/goals/",
    "/v0/task/",
}


def identity(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", LOGGED_IN, ids=identity)
@pytest.mark.parametrize("token", ["", "a.b.c"], ids=["nobody", "forger"])
async def test_without_a_valid_token_a_route_gives_nothing(person, route, token):
    lyova = await person("lyova")
    lyova.token = token
    path = re.sub(r"\{.*?\}", "1", route.path)
    reply = await lyova.ask(route.method, path, json=BODY)
    assert (reply.status, reply.codes) == (401, {"BAD_TOKEN" if token else "NO_TOKEN"})


@pytest.mark.parametrize("route", [route for route in LOGGED_IN if route.path not in OWN], ids=identity)
async def test_a_stranger_gets_nothing_and_changes_nothing(person, route):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    chat = await lyova.chat(anna)
    said = await lyova.say(chat, "secret")
    word = await lyova.ok("/user/anna/message", {"text": "dear"})
    room = word["conversation_id"] if "conversations" in route.path else chat
    file = await uploaded(lyova, b"secret")
    told = await anna.read("/notifications/page/1")
    hook = await lyova.ok(f"/chats/{chat}/webhooks", {"url": "https://example.org/secret"})
    things = {"message": said["id"], "attachments": file["id"], "notifications": told[0]["id"], "webhooks": hook["id"]}
    things["achievements"] = (await lyova.ok("/achievements", {"title": "secret", "kind": "event"}))["id"]
    thing = things.get(route.path.split("/")[1], room)
    names = {"id": thing, "chat": chat, "user": anna.id, "page": 1, "nickname": "anna"}
    if route.path.startswith("/user/"):
        names["id"] = stranger.id

    async def everything():
        return [
            await lyova.read(f"/chats/{chat}/details"),
            await lyova.read(f"/chats/{chat}/users"),
            await lyova.read(f"/chats/{chat}/messages"),
            await anna.read(f"/conversations/{word['conversation_id']}"),
            await anna.read("/notifications/page/1"),
            (await lyova.ok("/sync", {}))["streams"],
            await lyova.read("/attachments/page/1"),
            await lyova.read(f"/chats/{chat}/webhooks"),
        ]

    before = await everything()
    reply = await stranger.ask(route.method, route.path.format(**names), json=BODY | {"id": said["id"]})
    # What is only for moderators is no secret; what belongs to others does not exist.
    assert reply.status == (404 if route.access is Access.STUDENT else 403), reply.body
    assert "secret" not in str(reply.body)
    assert "dear" not in str(reply.body)
    assert await everything() == before
