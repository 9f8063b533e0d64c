"""Notifications: told once, live and in pages; read on all devices at once; only what is wanted, and when."""

import asyncio

import pytest

from chatsrv.services.notices import NOTICES, Quiet, language_of
from tests.clients import PASSWORD, Server


async def told(person):
    return [(one["kind"], one["text"]) for one in await person.read("/notifications/page/1")]


async def unread(person):
    return (await person.read("/notifications/unread"))["unread"]


async def test_a_reply_a_mention_a_vote_and_an_invitation_are_told_to_whom_they_concern(person):
    lyova, anna, boris = [await person(name) for name in ("lyova", "anna", "boris")]
    chat = await lyova.chat(anna, boris)
    said = await lyova.say(chat, "Hello, @anna! And @anna, and @nobody, and lev@boris.example")
    await anna.say(chat, "Hello, @lyova", parent_id=said["id"])
    await anna.ok(f"/message/{said['id']}/vote")
    assert await told(lyova) == [
        ("vote", "anna голосует за ваше сообщение"),
        ("reply", "anna отвечает на ваше сообщение"),
    ]
    assert await told(anna) == [
        ("mention", "lyova упоминает вас в сообщении"),
        ("invitation", "lyova приглашает вас в чат Writers"),
    ]
    assert [kind for kind, _ in await told(boris)] == ["invitation"]
    [vote, _] = await lyova.read("/notifications/page/1")
    expected = {"stream": f"chat:{chat}", "message_id": said["id"], "author": "anna", "author_id": anna.id}
    assert (vote["type"], vote["data"], vote["read"], vote["quiet"]) == (7, expected, False, False)


async def test_who_votes_again_and_again_is_told_once_and_oneself_never(person):
    lyova, anna = await person("lyova"), await person("anna")
    said = await lyova.say(await lyova.chat(anna), "I am @lyova")
    for one in (anna, anna, anna, lyova):
        await one.ok(f"/message/{said['id']}/vote")
    await lyova.say(said["chat_id"], "to myself", parent_id=said["id"])
    assert [kind for kind, _ in await told(lyova)] == ["vote"]


async def test_who_is_not_in_the_room_is_not_told_of_it(person):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    chat = await lyova.chat(anna)
    said = await anna.say(chat, "goodbye")
    await anna.ok(f"/chats/{chat}/leave")
    await lyova.say(chat, "@stranger @anna", parent_id=said["id"])
    await lyova.ok(f"/message/{said['id']}/vote")
    assert await told(stranger) == []
    assert [kind for kind, _ in await told(anna)] == ["invitation"]


async def test_a_muted_chat_and_a_kind_that_is_switched_off_tell_nothing(person):
    lyova, anna = await person("lyova"), await person("anna")
    loud, muted = await lyova.chat(anna), await lyova.chat(anna)
    await anna.ok(f"/chats/{muted}/mute")
    switched = await anna.ok("/notifications/settings", {"kinds": {"vote": False}})
    assert switched["kinds"] == {name: name != "vote" for name in NOTICES}
    for chat in (loud, muted):
        said = await anna.say(chat, "here")
        await lyova.ok(f"/message/{said['id']}/vote")
        await lyova.say(chat, "@anna", parent_id=said["id"])
    await anna.ok(f"/chats/{muted}/unmute")
    await lyova.say(muted, "@anna")
    kinds = [kind for kind, _ in await told(anna)]
    assert kinds == ["mention", "reply", "invitation", "invitation"]


async def test_changes_of_the_settings_at_the_same_time_undo_none_of_each_other(person):
    anna = await person("anna")
    quiet = {"from": "22:00", "to": "07:00", "utc_offset": 0}
    changes = [{"quiet": quiet}, {"language": "en"}, *({"kinds": {name: False}} for name in NOTICES)]
    await asyncio.gather(*(anna.ok("/notifications/settings", change) for change in changes))
    expected = {"language": "en", "kinds": dict.fromkeys(NOTICES, False), "quiet": quiet}
    assert await anna.read("/notifications/settings") == expected


async def test_every_device_hears_what_is_new_and_what_was_read(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    phone, laptop = await browser(anna), await browser(anna)
    chat = await lyova.chat(anna)
    heard = [await one.next("notification.new") for one in (phone, laptop)]
    assert heard[0] == heard[1]
    assert heard[0]["stream"] == f"user:{anna.id}"
    [read_afresh] = await anna.read("/notifications/page/1")
    assert heard[0]["data"] == read_afresh
    assert await unread(anna) == 1
    await anna.ok(f"/notifications/{read_afresh['id']}/read")
    heard = [await one.next("notification.read") for one in (phone, laptop)]
    assert heard[0] == heard[1]
    assert [heard[0]["data"]] == await anna.read("/notifications/page/1")
    assert heard[0]["data"]["read"]
    assert await unread(anna) == 0
    await lyova.say(chat, "@anna")
    await lyova.say(chat, "@anna")
    assert await unread(anna) == 2
    await anna.ok("/notifications/read")
    assert await unread(anna) == 0
    assert {(await laptop.next("notification.read"))["data"]["id"] for _ in range(2)} == {
        one["id"] for one in (await anna.read("/notifications/page/1"))[:2]
    }


async def test_what_was_missed_is_resumed(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    stream = f"user:{anna.id}"
    head = (await anna.ok("/sync", {}))["streams"][stream]["head"]
    chat = await lyova.chat(anna)
    await lyova.say(chat, "@anna")
    laptop = await browser(anna)
    answer = await laptop.call("resume", {"streams": {stream: head}})
    assert answer["streams"][stream]["recovered"]
    kinds = [(await laptop.next("notification.new"))["data"]["kind"] for _ in range(2)]
    assert kinds == ["invitation", "mention"]


async def test_with_once_many_tellers_tell_one_thing(person, services):
    anna = await person("anna")
    tellings = [services.notifications.notify(anna.id, "event", {"name": "Prom"}, once="event:5") for _ in range(20)]
    made = await asyncio.gather(*tellings)
    assert len({one.id for one in made}) == 1
    assert await told(anna) == [("event", "Добавлено новое школьное событие - Prom")]


@pytest.mark.parametrize(
    ("kind", "data", "russian", "english"),
    [
        (
            "accepted",
            {"name": "Olympiad", "points": 5},
            "Ваше достижение Olympiad прошло модерацию! Начислено 5 баллов",
            "Your achievement Olympiad was accepted! You get 5 points",
        ),
        ("rejected", {"name": "X"}, "Ваше достижение X отклонено!", "Your achievement X was rejected!"),
        ("event", {"name": "X"}, "Добавлено новое школьное событие - X", "There is a new school event - X"),
        ("medal", {"type": "gold"}, "Вы получили новую gold медаль!", "You got a new gold medal!"),
        ("reminder", {"name": "{type}"}, "Напоминание: {type}", "Reminder: {type}"),
    ],
)
async def test_a_text_is_in_the_readers_language(person, services, kind, data, russian, english):
    anna = await person("anna")
    await services.notifications.notify(anna.id, kind, data)
    assert await told(anna) == [(kind, russian)]
    assert (await anna.ok("/user/edit", {"language": "en"}))["language"] == "en"
    assert await told(anna) == [(kind, english)]
    await anna.ok("/notifications/settings", {"language": "ru"})
    assert await told(anna) == [(kind, russian)]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ru"),
        ("de", "ru"),
        ("en", "en"),
        ("de, en-GB;q=0.8", "en"),
        ("en;q=0.5, ru;q=0.7", "ru"),
        ("en, ru", "en"),
        ("en;q=0", "ru"),
        ("en;q=x,,;;", "ru"),
    ],
)
def test_accept_language_says_which_language_a_new_account_gets(accepted, language):
    assert language_of(accepted) == language


async def test_an_account_takes_the_language_of_the_request_that_made_it(server: Server, person):
    anna = await person("anna")
    reply = await anna.post(
        "/user/register",
        {"nickname": "john", "email": "john@example.org", "password": PASSWORD},
        headers={"Accept-Language": "en-US,en;q=0.9"},
    )
    assert reply.body["language"] == "en"
    assert (await anna.read("/user/me"))["language"] == "ru"


@pytest.mark.parametrize(
    ("hours", "minute", "inside"),
    [
        (Quiet(22 * 60, 7 * 60, 0), 23 * 60, True),
        (Quiet(22 * 60, 7 * 60, 0), 6 * 60 + 59, True),
        (Quiet(22 * 60, 7 * 60, 0), 7 * 60, False),
        (Quiet(22 * 60, 7 * 60, 0), 12 * 60, False),
        (Quiet(13 * 60, 14 * 60, 180), 10 * 60 + 30, True),
        (Quiet(13 * 60, 14 * 60, 180), 13 * 60 + 30, False),
        (Quiet(60, 60, 0), 60, False),
    ],
)
def test_quiet_hours_may_span_midnight_and_go_by_the_readers_clock(hours, minute, inside):
    assert hours.covers(1_700_006_400_000 + minute * 60_000) is inside


async def test_in_quiet_hours_it_is_kept_but_marked_not_to_ring(person, services):
    anna = await person("anna")
    quiet = {"from": "00:00", "to": "23:59", "utc_offset": 180}
    assert (await anna.ok("/notifications/settings", {"quiet": quiet}))["quiet"] == quiet
    made = await services.notifications.notify(anna.id, "event", {"name": "X"})
    now = Quiet(0, 23 * 60 + 59, 180).covers(made.created)
    [one] = await anna.read("/notifications/page/1")
    assert one["quiet"] is now
    none = {"from": "00:00", "to": "00:00"}
    assert (await anna.ok("/notifications/settings", {"quiet": none}))["quiet"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kinds": {"nothing": True}}, "kinds.nothing.key:OUT_OF_RANGE"),
        ({"kinds": {"vote": "no"}}, "kinds.vote.value:WRONG_TYPE"),
        ({"language": "de"}, "language:OUT_OF_RANGE"),
        ({"quiet": {"from": "24:00", "to": "07:00"}}, "quiet.from:OUT_OF_RANGE"),
        ({"quiet": {"from": "22:00"}}, "quiet.to:REQUIRED_FIELD"),
        ({"quiet": {"from": "22:00", "to": "07:00", "utc_offset": 1000}}, "quiet.utc_offset:OUT_OF_RANGE"),
    ],
)
async def test_wrong_settings_are_refused_by_name(person, body, code):
    anna = await person("anna")
    reply = await anna.post("/notifications/settings", body)
    assert (reply.status, reply.codes) == (400, {code})


async def test_pages_are_exact_and_another_ones_notification_does_not_exist(person, services):
    anna, stranger = await person("anna"), await person("stranger")
    for number in range(30):
        await services.notifications.notify(anna.id, "event", {"name": str(number)})
    first = await anna.get("/notifications/page/1")
    assert [one["data"]["name"] for one in first.body] == [str(number) for number in range(29, 4, -1)]
    assert first.headers["Link"] == '</notifications/page/2>; rel="next"'
    rest = await anna.get(f"/notifications/page/1?before={first.body[-1]['id']}")
    assert rest.body == await anna.read("/notifications/page/2")
    assert len(rest.body) == 5
    assert "Link" not in rest.headers
    reply = await stranger.post(f"/notifications/{first.body[0]['id']}/read")
    assert (reply.status, reply.codes) == (404, {"NO_SUCH_NOTIFICATION"})
    reply = await stranger.get(f"/notifications/page/1?before={first.body[0]['id']}")
    assert (reply.status, reply.codes) == (404, {"NO_SUCH_NOTIFICATION"})
