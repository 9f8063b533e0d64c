"""Search: each finds what they may read, by its words as they are now, and nothing else."""

import itertools
from urllib.parse import quote

import pytest

from tests.clients import PASSWORD


async def search(person, text, **options):
    given = "".join(f"&{name}={quote(value)}" for name, value in options.items())
    return await person.read(f"/search?q={quote(text)}{given}")


async def texts(person, text, kind="message"):
    """Return what a search for messages finds."""
    return [found["thing"]["text"] for found in await search(person, text, kind=kind)]


@pytest.fixture
async def pair(person):
    lyova, anna = await person("lyova"), await person("anna")
    return lyova, anna, await lyova.chat(anna)


async def test_what_is_found_has_its_ordinary_shape(pair):
    lyova, anna, chat = pair
    said = await lyova.say(chat, "writers write")
    article = await lyova.ok("/articles/new", {"title": "To writers", "text": "Write!"})
    await lyova.ok("/user/edit", {"name": "One of the Writers"})
    found = await search(anna, "writers")
    assert [one["kind"] for one in found] == ["user", "chat", "article", "message"]
    user, room, news, message = (one["thing"] for one in found)
    assert user == await anna.read("/user/lyova/short")
    details = await anna.read(f"/chats/{chat}/details")
    assert room == {name: details[name] for name in ("id", "name", "avatar", "admin", "created", "retention_days")}
    assert news == await anna.read(f"/articles/{article['id']}")
    assert message == (await anna.read(f"/chats/{chat}/messages"))[0] == said
    assert [one["highlights"] for one in found] == [
        {"name": [[11, 7]]},
        {"name": [[0, 7]]},
        {"title": [[3, 7]]},
        {"text": [[0, 7]]},
    ]
    assert await search(anna, "writers", kind="chat") == [found[1]]


async def test_whole_words_come_before_longer_ones_and_later_ones_first(pair):
    lyova, anna, chat = pair
    for text in ("red", "redder", "red again", "reddest", "blue red", "infrared"):
        await lyova.say(chat, text)
    assert await texts(anna, "red") == ["blue red", "red again", "red", "reddest", "redder"]
    assert await texts(anna, "red blue") == ["blue red"]
    assert await texts(anna, "blu red") == []
    assert await texts(anna, "red blu") == ["blue red"]


async def test_pages_hold_25_and_are_linked(pair):
    lyova, anna, chat = pair
    said = [f"number {number} a&b=ж" for number in range(60)]
    for text in said:
        await lyova.say(chat, text)
    path, pages = f"/search?q={quote('a&b=ж numb')}&kind=message", []
    while path:
        page = await anna.get(path)
        assert page.status == 200, page.body
        pages.append([found["thing"]["text"] for found in page.body])
        path = page.headers.get("Link", "")[1:].partition(">")[0]
        await lyova.say(chat, "a&b=ж number arrives meanwhile")
    assert [len(page) for page in pages] == [25, 25, 10]
    assert list(itertools.chain(*pages)) == said[::-1]


async def test_a_page_goes_on_through_all_kinds(person):
    lyova = await person("lyova")
    chats = [await lyova.chat(name=f"same {number}") for number in range(20)]
    for number in range(20):
        await lyova.say(chats[number % 3], f"samewise {number}")
    first = await lyova.get("/search?q=same")
    second = await lyova.get(first.headers["Link"][1:].partition(">")[0])
    assert [one["kind"] for one in first.body + second.body] == ["chat"] * 20 + ["message"] * 20
    assert (len(first.body), "Link" in second.headers) == (25, False)


async def test_edited_and_deleted_messages_are_found_as_they_are_now(pair):
    lyova, anna, chat = pair
    said = await lyova.say(chat, "first words")
    await anna.ok(f"/message/{said['id']}/vote")
    await lyova.ok(f"/message/{said['id']}/edit", {"text": "second thoughts"})
    assert await texts(anna, "first") == []
    assert await texts(anna, "thoughts") == ["second thoughts"]
    await lyova.ok(f"/message/{said['id']}/delete")
    assert await search(lyova, "second") == []


async def test_a_chat_is_searched_by_those_who_are_in_it(pair, person):
    lyova, anna, chat = pair
    stranger = await person("stranger")
    await lyova.say(chat, "secret plan")
    for text in ("secret", "sec", "writers"):
        assert len(await search(anna, text)) == 1
        assert await search(stranger, text) == []
    await anna.ok(f"/chats/{chat}/leave")
    assert await search(anna, "secret") == await search(anna, "writers") == []
    await lyova.ok(f"/user/anna/invite/{chat}")
    assert await texts(anna, "secret") == ["secret plan"]
    await lyova.ok(f"/chats/{chat}/exclude/{anna.id}")
    assert await search(anna, "secret") == []
    assert await texts(lyova, "secret") == ["secret plan"]


async def test_a_conversation_is_searched_by_its_two(pair, person):
    lyova, anna, _ = pair
    stranger = await person("stranger")
    await lyova.ok("/user/anna/message", {"text": "dear friend"})
    await stranger.ok("/user/anna/message", {"text": "hello"})
    assert await texts(lyova, "dear") == await texts(anna, "dear") == ["dear friend"]
    assert await search(stranger, "dear") == []


async def test_people_are_found_by_the_names_that_they_have_now(person, services):
    lyova, anna = await person("lyova"), await person("anna")
    await anna.ok("/user/edit", {"name": "Анна Фёдоровна"})
    for text in ("anna", "ann", "анна", "федор", "ФЁДОРОВНА анна"):
        assert [one["thing"]["id"] for one in await search(lyova, text)] == [anna.id]
    await anna.ok("/user/edit", {"nickname": "olga", "name": ""})
    assert await search(lyova, "anna") == await search(lyova, "анна") == []
    assert [one["thing"]["nickname"] for one in await search(lyova, "olga")] == ["olga"]
    await anna.ok("/user/delete", {"password": PASSWORD})
    assert await search(lyova, "olga") == await search(lyova, "deleted") == []
    await services.storage.update("people", lyova.id, {"disabled": True})
    assert await search(await person("boris"), "lyova") == []


async def test_guests_and_their_chats_are_not_found(person):
    lyova = await person("lyova")
    guest = int((await lyova.post("/users/add", {"username": "guesty"})).body)
    chat = int((await lyova.post("/chats/add", {"name": "guestroom", "users": [guest]})).body)
    await lyova.ok("/messages/add", {"chat": chat, "author": guest, "text": "guestword"})
    assert await search(lyova, "guest") == []


async def test_a_chat_is_found_by_its_name_of_now(pair):
    lyova, anna, chat = pair
    await lyova.ok(f"/chats/{chat}/edit", {"name": "Readers"})
    assert await search(anna, "writers") == []
    assert [one["thing"]["name"] for one in await search(anna, "readers")] == ["Readers"]


async def test_articles_are_found_by_everyone_until_they_are_deleted(pair):
    lyova, anna, _ = pair
    article = await lyova.ok("/articles/new", {"title": "News", "text": "of the day"})
    assert [one["thing"]["id"] for one in await search(anna, "day news")] == [article["id"]]
    await lyova.ask("DELETE", f"/articles/{article['id']}/delete", json={})
    assert await search(anna, "news") == []


@pytest.mark.parametrize(
    ("text", "query", "highlights"),
    [
        ("ничего ещё нет", "НИЧЕГО ЕЩЕ", [[0, 6], [7, 3]]),
        ("мой май", "мои", None),
        ("Crème brûlée", "creme brulee", [[0, 5], [6, 6]]),
        ("Cre\u0300me", "crème", [[0, 6]]),
        ("🎉🎉 party", "party", [[5, 5]]),
        ("𝔘nicode", "unicode", [[0, 8]]),
        ("yes 🎉", "🎉", [[4, 2]]),
        ("שָׁלוֹם עולם", "שלום", [[0, 7]]),
        ("全文検索は難しい", "検索", [[2, 2]]),
        ("全文検索は難しい", "文検索", [[1, 3]]),
        ("全文検索", "検", [[2, 2]]),
        ("全文検索", "索", [[3, 1]]),
        ("全文検索", "文索", None),
        ("Straße", "STRASSE", [[0, 6]]),
        ('say "AND" or NOT', '"and" OR', [[5, 3], [10, 2]]),
        ("a NEAR(b c, 2)", "near(a", [[0, 1], [2, 4]]),
        ("red*", "red*^:-", [[0, 3]]),
        ('{"$where": 1}', "$where", [[3, 5]]),
        ("x' OR '1'='1", "' or 1 = 1 --", [[3, 2], [7, 1], [11, 1]]),
        ("user_name", "name", [[5, 4]]),
        ("x" * 100, "x" * 90, [[0, 100]]),
    ],
)
async def test_whatever_is_asked_for_is_text(pair, text, query, highlights):
    lyova, anna, chat = pair
    await lyova.say(chat, text)
    found = await search(anna, query, kind="message")
    assert [one["highlights"] for one in found] == ([{"text": highlights}] if highlights else [])


@pytest.mark.parametrize("text", ["", " ", "\t\n", '"', "* ^ : - ( ) .", "\u202e\u200f", "\u0301", "\x00"])
async def test_what_has_no_word_is_refused(person, text):
    reply = await (await person("lyova")).get(f"/search?q={quote(text)}")
    assert (reply.status, reply.codes) == (400, {"q:REQUIRED_FIELD"})


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", {"q:REQUIRED_FIELD"}),
        ("q=" + "x" * 201, {"q:TOO_LONG"}),
        ("q=" + "+".join(f"w{number}" for number in range(21)), {"q:TOO_LONG"}),
        ("q=x&kind=password", {"kind:BAD_REQUEST"}),
        ("q=x&kind=", {"kind:BAD_REQUEST"}),
        ("q=x&before=5", {"before:BAD_REQUEST"}),
        ("q=x&before=message.2.5", {"before:BAD_REQUEST"}),
        ("q=x&kind=user&before=message.0.5", {"before:BAD_REQUEST"}),
        ("q=x&before=message.0." + "9" * 17, {"before:BAD_REQUEST"}),
    ],
)
async def test_bad_questions_are_refused_with_a_code(person, query, codes):
    reply = await (await person("lyova")).get(f"/search?{query}")
    assert (reply.status, reply.codes) == (400, codes)


@pytest.mark.parametrize("raw", ["%ff%fe", "%ed%a0%80", "%00a", "a%00", "%F0%9F", "a" * 200, "+".join(["word"] * 40)])
async def test_any_bytes_are_answered(person, raw):
    reply = await (await person("lyova")).get(f"/search?q={raw}")
    assert reply.status in (200, 400), reply.body


async def test_an_older_database_is_searched_after_an_upgrade(serve, config):
    from storage import open_engine
    from tests.clients import Person

    server = await serve(config)
    lyova = Person(server, "lyova")
    await lyova.register()
    await lyova.say(await lyova.chat(), "before the upgrade")
    await server.runner.cleanup()
    await lyova.close()
    old = open_engine(config.storage_url)
    await old.open(())
    await old.close()
    later = Person(await serve(config), "lyova")
    await later.login()
    assert await texts(later, "upgrade") == ["before the upgrade"]
    await later.close()
