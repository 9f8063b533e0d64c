"""Messages: sent, paged, edited, deleted, answered and voted for."""

import asyncio

import pytest


@pytest.fixture
async def pair(person):
    lyova, anna = await person("lyova"), await person("anna")
    return lyova, anna, await lyova.chat(anna)


async def test_a_message_has_the_fields_of_the_seed(pair):
    lyova, anna, chat = pair
    sent = await lyova.say(chat, "Kek kek kek")
    assert sent.keys() >= {"id", "author", "created", "text", "parent_id", "edited", "voted", "votes"}
    assert (sent["author"], sent["parent_id"], sent["edited"], sent["voted"], sent["votes"]) == (
        "lyova",
        0,
        False,
        False,
        0,
    )
    assert sent["created"].endswith("Z")
    assert await anna.read(f"/chats/{chat}/messages/page/1") == [sent]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, {"text:REQUIRED_FIELD"}),
        ({"text": None}, {"text:WRONG_TYPE"}),
        ({"text": ""}, {"text:EMPTY_MESSAGE"}),
        ({"text": " \n\t "}, {"text:EMPTY_MESSAGE"}),
        ({"text": 5}, {"text:WRONG_TYPE"}),
        ({"text": {"$gt": ""}}, {"text:WRONG_TYPE"}),
        ({"text": "x" * 4001}, {"text:TOO_LONG"}),
        ({"text": "a\x00b"}, {"text:BAD_CHARACTERS"}),
        ({"text": "a\x1bb"}, {"text:BAD_CHARACTERS"}),
        ({"text": "x", "parent_id": 5}, {"parent_id:NO_SUCH_PARENT"}),
        ({"text": "x", "parent_id": -1}, {"parent_id:OUT_OF_RANGE"}),
        ({"text": "x", "parent_id": 2**53}, {"parent_id:OUT_OF_RANGE"}),
        ({"text": "x", "parent_id": 1.5}, {"parent_id:WRONG_TYPE"}),
        ({"text": "x", "parent_id": True}, {"parent_id:WRONG_TYPE"}),
        ({"text": "x", "parent_id": "5"}, {"parent_id:WRONG_TYPE"}),
    ],
)
async def test_bad_messages_are_refused_field_by_field(pair, body, codes):
    lyova, _, chat = pair
    reply = await lyova.post(f"/chats/{chat}/messages", body)
    assert (reply.status, reply.codes) == (400, codes)
    assert await lyova.read(f"/chats/{chat}/messages/page/1") == []


@pytest.mark.parametrize(
    "text",
    [
        "Привет",
        "שלום \u202eעולם",
        "e\u0301\u0308",
        "👩‍👩‍👧‍👦",
        "a\nb\tc",
        '<b onclick="x">&',
        "'; DROP TABLE entries; --",
    ],
)
async def test_text_is_kept_as_it_is(pair, text):
    lyova, anna, chat = pair
    await lyova.say(chat, text)
    assert [message["text"] for message in await anna.read(f"/chats/{chat}/messages/page/1")] == [text]


async def test_pages_hold_25_newest_first_and_stay_exact_by_id(pair):
    lyova, anna, chat = pair
    ids = [(await lyova.say(chat, str(number)))["id"] for number in range(60)]
    assert ids == sorted(ids)
    for number, expected in ((1, ids[:34:-1]), (2, ids[34:9:-1]), (3, ids[9::-1]), (4, []), (10**9, [])):
        page = await anna.get(f"/chats/{chat}/messages/page/{number}")
        assert [message["id"] for message in page.body] == expected
        assert ("Link" in page.headers) is (number < 3)
    first = await anna.read(f"/chats/{chat}/messages")
    await lyova.say(chat, "more arrives")
    second = await anna.get(f"/chats/{chat}/messages?before={first[-1]['id']}")
    assert [message["id"] for message in second.body] == ids[34:9:-1]
    assert second.headers["Link"] == f'</chats/{chat}/messages?before={ids[10]}>; rel="next"'
    for bad, code in (("abc", "before:BAD_REQUEST"), ("-1", "before:BAD_REQUEST"), ("5", "NO_SUCH_MESSAGE")):
        assert (await anna.get(f"/chats/{chat}/messages?before={bad}")).codes == {code}


async def test_what_follows_a_message_is_read_from_it_upwards(pair):
    lyova, anna, chat = pair
    ids = [(await lyova.say(chat, str(number)))["id"] for number in range(30)]
    first = await anna.get(f"/chats/{chat}/messages?after={ids[0]}")
    assert [message["id"] for message in first.body] == ids[25:0:-1]
    assert first.headers["Link"] == f'</chats/{chat}/messages?before={ids[1]}>; rel="next"'
    assert [message["id"] for message in await anna.read(f"/chats/{chat}/messages?after={ids[25]}")] == ids[:25:-1]
    assert await anna.read(f"/chats/{chat}/messages/page/1?after={ids[29]}") == []
    elsewhere = (await anna.post("/chats", {"name": "Other"})).body["id"]
    for bad, code in (("abc", "after:BAD_REQUEST"), ("5", "NO_SUCH_MESSAGE")):
        assert (await anna.get(f"/chats/{chat}/messages?after={bad}")).codes == {code}
    assert (await anna.get(f"/chats/{elsewhere}/messages?after={ids[0]}")).codes == {"NO_SUCH_MESSAGE"}


async def test_details_say_where_and_by_whom(pair):
    lyova, anna, chat = pair
    said = await lyova.say(chat, "hello")
    details = await anna.read(f"/message/{said['id']}/details")
    assert details["author"] == {"id": lyova.id, "nickname": "lyova", "name": ""}
    assert (details["chat_id"], details["chat_name"]) == (chat, "Writers")
    assert "conversation_id" not in details


async def test_only_the_author_edits_and_deletes(pair):
    lyova, anna, chat = pair
    said = (await lyova.say(chat, "hello"))["id"]
    for action in ("edit", "delete"):
        reply = await anna.post(f"/message/{said}/{action}", {"text": "mine"})
        assert (reply.status, reply.codes) == (403, {"NOT_YOUR_MESSAGE"})
    edited = await lyova.ok(f"/message/{said}/edit", {"text": "hello!"})
    assert (edited["text"], edited["edited"]) == ("hello!", True)
    assert (await lyova.post(f"/message/{said}/edit", {"text": ""})).codes == {"text:EMPTY_MESSAGE"}


async def test_a_deleted_message_leaves_a_tombstone(pair):
    lyova, anna, chat = pair
    said = (await lyova.say(chat, "hello"))["id"]
    await anna.ok(f"/message/{said}/vote")
    await lyova.ok(f"/message/{said}/delete")
    await lyova.ok(f"/message/{said}/delete")
    [tombstone] = await anna.read(f"/chats/{chat}/messages/page/1")
    assert (tombstone["deleted"], tombstone["text"], tombstone["votes"]) == (True, "", 0)
    for reply in (
        await anna.get(f"/message/{said}/details"),
        await anna.post(f"/message/{said}/vote"),
        await lyova.post(f"/message/{said}/edit", {"text": "back"}),
    ):
        assert (reply.status, reply.codes) == (410, {"MESSAGE_DELETED"})
    assert await anna.read("/messages/voted/page/1") == []


async def test_an_answer_comes_after_its_parent_in_the_same_chat(pair):
    lyova, anna, chat = pair
    other = await lyova.chat(anna)
    old, new = await lyova.say(chat, "old"), await lyova.say(chat, "new")
    assert (await anna.say(chat, "answer", parent_id=old["id"]))["parent_id"] == old["id"]
    elsewhere = await lyova.post(f"/chats/{other}/messages", {"text": "x", "parent_id": old["id"]})
    assert elsewhere.codes == {"parent_id:NO_SUCH_PARENT"}
    for parent in (new["id"], old["id"]):
        reply = await lyova.post(f"/message/{old['id']}/edit", {"parent_id": parent})
        assert reply.codes == {"parent_id:NO_SUCH_PARENT"}
    moved = await lyova.ok(f"/message/{new['id']}/edit", {"parent_id": old["id"]})
    assert (moved["parent_id"], moved["text"]) == (old["id"], "new")
    assert (await lyova.ok(f"/message/{new['id']}/edit", {"parent_id": 0}))["parent_id"] == 0


async def test_voting_toggles_and_voted_messages_are_listed(pair):
    lyova, anna, chat = pair
    said = await lyova.say(chat, "vote!")
    path = f"/message/{said['id']}/vote"
    assert await anna.ok(path) == {"votes": 1, "voted": True}
    assert await lyova.ok(path) == {"votes": 2, "voted": True}
    [mine] = await anna.read("/messages/voted/page/1")
    assert (mine["id"], mine["voted"], mine["votes"], mine["chat_id"]) == (said["id"], True, 2, chat)
    assert await anna.ok(path) == {"votes": 1, "voted": False}
    assert await anna.read("/messages/voted/page/1") == []


async def test_many_votes_at_once_are_all_counted(person):
    people = [await person(f"voter{number}") for number in range(12)]
    chat = await people[0].chat(*people[1:])
    said = (await people[0].say(chat, "vote!"))["id"]
    await asyncio.gather(*(one.ok(f"/message/{said}/vote") for one in people))
    assert (await people[0].read(f"/message/{said}/details"))["votes"] == 12


async def test_the_same_key_is_the_same_message(pair):
    lyova, _, chat = pair
    path, headers = f"/chats/{chat}/messages", {"Idempotency-Key": "first"}
    replies = [await lyova.post(path, {"text": "once"}, headers=headers) for _ in range(3)]
    assert len({reply.body["id"] for reply in replies}) == 1
    assert len(await lyova.read(f"{path}/page/1")) == 1
    other = await lyova.chat()
    assert (await lyova.post(f"/chats/{other}/messages", {"text": "x"}, headers=headers)).codes == {"NONCE_REUSED"}


async def test_while_the_first_is_in_flight_the_second_is_refused_or_the_same(pair):
    lyova, _, chat = pair
    send = [
        lyova.post(f"/chats/{chat}/messages", {"text": "once"}, headers={"Idempotency-Key": "k"}) for _ in range(20)
    ]
    replies = await asyncio.gather(*send)
    assert {reply.status for reply in replies} <= {200, 409}
    assert len({reply.body["id"] for reply in replies if reply.status == 200}) == 1
    assert all(reply.codes == {"NONCE_IN_FLIGHT"} for reply in replies if reply.status == 409)
    assert len(await lyova.read(f"/chats/{chat}/messages/page/1")) == 1


async def test_a_repeated_vote_with_its_key_is_not_taken_back(pair):
    lyova, _, chat = pair
    said = (await lyova.say(chat, "vote!"))["id"]
    for _ in range(3):
        vote = await lyova.ok(f"/message/{said}/vote", headers={"Idempotency-Key": "v"})
        assert vote == {"votes": 1, "voted": True}


async def test_a_conversation_opens_with_the_first_word(person):
    lyova, anna, stranger = [await person(name) for name in ("lyova", "anna", "stranger")]
    said = await lyova.ok("/user/anna/message", {"text": "Dear Anna"})
    conversation = said["conversation_id"]
    answer = await anna.ok(f"/conversations/{conversation}/messages", {"text": "Dear Lev", "parent_id": said["id"]})
    again = await lyova.ok(f"/user/{anna.id}/message", {"text": "How are you?"})
    assert again["conversation_id"] == conversation
    page = await anna.read(f"/conversations/{conversation}/messages/page/1")
    assert [message["text"] for message in page] == ["How are you?", "Dear Lev", "Dear Anna"]
    [mine] = await anna.read("/conversations/page/1")
    assert (mine["id"], mine["user"]["nickname"], mine["unread"]) == (conversation, "lyova", 1)
    assert mine["last_message"]["author"] == "lyova"
    assert await anna.read(f"/conversations/{conversation}") == mine
    for path in ("", "/messages/page/1"):
        assert (await stranger.get(f"/conversations/{conversation}{path}")).codes == {"NO_SUCH_CONVERSATION"}
    assert (await stranger.get(f"/message/{answer['id']}/details")).status == 404
    assert (await lyova.post("/user/lyova/message", {"text": "me"})).codes == {"NOT_YOURSELF"}
    assert (await lyova.post("/user/stranger/message", {"text": ""})).codes == {"text:EMPTY_MESSAGE"}
    assert await stranger.read("/conversations/page/1") == []


async def test_two_who_write_first_at_once_share_one_conversation(person):
    lyova, anna = await person("lyova"), await person("anna")
    sent = await asyncio.gather(
        *(lyova.ok("/user/anna/message", {"text": str(number)}) for number in range(5)),
        *(anna.ok("/user/lyova/message", {"text": str(number)}) for number in range(5)),
    )
    assert len({message["conversation_id"] for message in sent}) == 1
    assert len(await lyova.read("/conversations/page/1")) == len(await anna.read("/conversations/page/1")) == 1


async def test_conversations_are_ordered_by_their_latest_words(person):
    lyova = await person("lyova")
    others = [await person(f"friend{number}") for number in range(3)]
    for one in (*others, others[0]):
        await lyova.ok(f"/user/{one.nickname}/message", {"text": "hello"})
    listed = [one["user"]["nickname"] for one in await lyova.read("/conversations/page/1")]
    assert listed == ["friend0", "friend2", "friend1"]
