"""What belongs to one person, by its real id, against another one; and what nobody may say of themselves."""

import pytest

from handlers import all_routes
from handlers.routing import Access
from tests.things import THINGS, filled, thing_of

PRIVATE = ("/bots/", "/oauth/applications/", "/v0/diary/", "/v0/dreams/", "/v0/goals/", "/v0/task/", "/webhooks/")
ROUTES = [route for route in all_routes() if route.path.startswith(PRIVATE) and "{id}" in route.path]
BY_STUDENTS = [prefix for prefix in THINGS if not prefix.startswith(("/events", "/medals", "/groups", "/banners"))]
BODY = {
    "name": "taken",
    "text": "taken",
    "chat_id": 1,
    "goal": "taken",
    "done": True,
    "position": 0,
    "access-token": "",
}
FORGED = {
    "id": 7,
    "role": 2,
    "rating": 777,
    "points": 777,
    "author": "anna",
    "author_id": 7,
    "owner": 7,
    "person": 7,
    "created": "1970-01-01T00:00:07.000Z",
    "seq": 7,
    "rev": 7,
    "votes": 777,
    "state": "accepted",
    "moderator": "anna",
    "deleted": True,
    "admin": True,
    "bot": True,
    "disabled": True,
    "secret": "forged-secret",
    "token": "forged-token",
    "session": "forged",
    "epoch": "forged",
}


def test_every_route_that_names_a_thing_by_its_id_knows_how_it_is_made_or_is_tested_elsewhere():
    elsewhere = ("/attachments/", "/notifications/", "/reports/", "/oauth/consents/", "/users/", "/v0/users/")
    named = {route.path for route in all_routes() if "{id}" in route.path and not route.path.startswith(elsewhere)}
    assert not {path for path in named if thing_of(path) is None}


async def made(owner, prefix, **names):
    path, body = filled(THINGS[prefix], number=1, **names)
    return await owner.ok(path, body | ({"access-token": owner.token} if "articles" in path else {}))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_a_stranger_neither_reads_nor_changes_what_is_somebody_elses(person, route):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    prefix = next(one for one in PRIVATE if route.path.startswith(one))
    thing = await made(lyova, prefix, other="anna", chat=await lyova.chat(anna))
    path = route.path.format(id=thing["id"])

    async def seen():
        lists = {"/bots/": "/bots", "/oauth/applications/": "/oauth/applications"}
        reply = await lyova.get(lists.get(prefix) or f"{prefix}{thing['id']}")
        return reply.body if reply.status == 200 else None

    before = await seen()
    reply = await stranger.ask(route.method, path, json=BODY)
    assert reply.status == 404, reply.body
    assert "secret" not in str(reply.body)
    assert await seen() == before


@pytest.mark.parametrize("prefix", BY_STUDENTS)
async def test_what_is_made_has_only_what_its_maker_may_say(person, prefix):
    lyova, anna = await person("lyova"), await person("anna")
    path, body = filled(THINGS[prefix], number=1, other="anna", chat=await lyova.chat(anna))
    token = {"access-token": lyova.token} if "articles" in path else {}
    reply = await lyova.post(path, FORGED | body | token)
    assert reply.status == 200, reply.body
    own = {"bot"} if prefix == "/bots/" else set()
    assert not {name for name, value in FORGED.items() if name not in own and reply.body.get(name) == value}


async def test_nobody_gives_themselves_a_role_a_rating_or_another_name_by_any_route(person):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    said = await lyova.say(chat, "words")
    word = await lyova.ok("/user/anna/message", {"text": "dear"})
    ending = ("/user/delete", "/user/logout", "/user/{nickname}/delete")
    routes = [one for one in all_routes() if one.body is not None and one.access is not Access.ANYONE]
    kept = ("id", "role", "rating", "nickname", "created")

    async def oneself(one):
        me = await one.read("/user/me")
        return {name: me.get(name) for name in kept}

    before = [await oneself(one) for one in (lyova, anna)]
    asked = 0
    for route in routes:
        if route.path in ending:
            continue
        thing = {"/message/": said["id"], "/conversations/": word["conversation_id"]}
        id = next((value for prefix, value in thing.items() if route.path.startswith(prefix)), chat)
        path = route.path.format(id=id, nickname="anna", page=1, chat=chat, user=anna.id)
        reply = await lyova.ask(route.method, path, json=FORGED | {"name": "words", "text": "words"})
        assert reply.status < 500, (route.path, reply.body)
        asked += 1
    assert asked > 40
    assert [await oneself(one) for one in (lyova, anna)] == before
