"""What every engine promises of searching: exact within the scopes, never a moment late, greatest id first."""

import asyncio
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.base import Draft
from storage.words import Wanted, words_of

IDS = itertools.count(1)


async def say(storage, text, stream="chat:1", kind="note", **fields):
    fields = {"text": text, "gone": False} | fields
    return await storage.append(Draft(next(IDS), stream, kind, f"{kind}.new", 1, fields))


async def amend(storage, entry, **fields):
    return await storage.amend(entry, event="note.edited", fields=entry.fields | fields, marks=())


async def found(storage, *words, begins="", scopes=("chat:1",), source="note", **options):
    return await storage.search(source, Wanted(words, begins), scopes, **options)


async def test_all_words_must_be_there_and_the_latest_comes_first(storage):
    first = await say(storage, "the red house")
    second = await say(storage, "a red, RED car")
    await say(storage, "a blue car")
    assert await found(storage, "red") == [second.id, first.id]
    assert await found(storage, "red", "car") == [second.id]
    assert await found(storage, "red", "boat") == []
    assert await found(storage, "re") == []


async def test_a_beginning_finds_longer_words_and_not_itself(storage):
    longer = await say(storage, "redder is a word")
    await say(storage, "red and redder")
    await say(storage, "red")
    assert await found(storage, begins="red") == [longer.id]
    assert await found(storage, "word", begins="re") == [longer.id]
    assert await found(storage, "words", begins="re") == []


async def test_only_the_scopes_are_looked_in(storage):
    notes = {stream: await say(storage, "secret", stream) for stream in ("chat:1", "chat:11", "chat:2", "user:1")}
    assert await found(storage, "secret", scopes=()) == []
    assert await found(storage, "secret", scopes=("chat:9",)) == []
    for stream, note in notes.items():
        assert await found(storage, "secret", scopes=(stream, stream, "chat:404")) == [note.id]
        assert await found(storage, begins="sec", scopes=(stream,)) == [note.id]
    ids = sorted((note.id for note in notes.values()), reverse=True)
    assert await found(storage, "secret", scopes=tuple(notes)) == ids


async def test_only_the_kind_is_looked_for(storage):
    await say(storage, "hello", kind="undeclared")
    note = await say(storage, "hello")
    assert await found(storage, "hello") == [note.id]


async def test_pages_follow_each_other_without_a_gap(storage):
    ids = [(await say(storage, "same", f"chat:{number % 3}")).id for number in range(20)][::-1]
    scopes, pages, below = [f"chat:{number}" for number in range(3)], [], None
    while page := await found(storage, "same", scopes=scopes, below=below, limit=7):
        pages.append(page)
        below = page[-1]
    assert [len(page) for page in pages] == [7, 7, 6]
    assert list(itertools.chain(*pages)) == ids


async def test_what_was_changed_is_found_by_its_new_words_only(storage):
    note = await say(storage, "old words")
    assert await found(storage, "old") == [note.id]
    note = await amend(storage, note, text="new words")
    assert await found(storage, "old") == []
    assert await found(storage, "new", "words") == [note.id]
    note = await amend(storage, note, gone=True)
    assert await found(storage, "words") == []
    await amend(storage, note, gone=False)
    assert await found(storage, "words") == [note.id]


async def test_records_are_found_by_all_their_declared_fields(storage):
    await storage.insert("others", {"id": 1, "name": "Anna", "about": "Writes books", "secret": "password"})
    await storage.insert("others", {"id": 2, "name": "Ann", "about": None})
    search = {"source": "others", "scopes": ("others",)}
    assert await found(storage, "anna", "books", **search) == [1]
    assert await found(storage, begins="an", **search) == [2, 1]
    assert await found(storage, "password", **search) == []
    await storage.update("others", 1, {"name": "Olga"})
    assert await found(storage, "anna", **search) == []
    assert await found(storage, "olga", "writes", **search) == [1]
    await storage.update("others", 1, {"hidden": True})
    assert await found(storage, "olga", **search) == []
    await storage.delete("others", 2)
    assert await found(storage, "ann", **search) == []


@pytest.mark.parametrize(
    "text",
    ["Ёлка", "ÉTÉ", "שָׁלוֹם", "全文検索", "🎉", "x" * 500, "and", "or", "not", "near", "null", "__proto__", "สวัสดี"],
)
async def test_any_word_is_a_word(storage, text):
    note = await say(storage, f'"{text}" AND ({text}* OR #{text}:^-$where)')
    await say(storage, "something else")
    for word in words_of(text):
        assert await found(storage, word) == [note.id]


@pytest.mark.parametrize("word", ["", " ", 'a"', "a b", "a*", "#a", "Red", "$gt"])
async def test_what_is_no_word_is_refused(storage, word):
    with pytest.raises(ValueError, match="word"):
        await found(storage, word)


async def test_what_was_stored_before_a_declaration_is_found_after_it(open_storage):
    plain = await open_storage(searching=False)
    notes = [await say(plain, f"early {number}") for number in range(150)]
    await plain.insert("others", {"id": 7, "name": "early"})
    await plain.close()
    storage = await open_storage()
    assert await found(storage, "early", limit=1000) == [note.id for note in reversed(notes)]
    assert await found(storage, "early", source="others", scopes=("others",)) == [7]
    await storage.close()
    plain = await open_storage(searching=False)
    await amend(plain, notes[0], text="late")
    await plain.close()
    assert await found(await open_storage(), "late") == [notes[0].id]


async def test_what_was_found_is_found_after_reopening(open_storage):
    storage = await open_storage()
    notes = [await say(storage, "again") for _ in range(30)]
    await storage.close()
    assert len(await found(await open_storage(), "again", limit=100)) == len(notes)


async def test_a_search_sees_all_that_was_answered_before_it(storage):
    async def say_and_look(number):
        note = await say(storage, f"unique{number} everywhere")
        return await found(storage, f"unique{number}") == [note.id]

    assert all(await asyncio.gather(*(say_and_look(number) for number in range(60))))
    assert len(await found(storage, "everywhere", limit=1000)) == 60


async def test_thousands_of_scopes_are_no_trouble(storage):
    notes = [await say(storage, "needle", f"chat:{number}") for number in (1, 2500, 4999, 7000)]
    scopes = [f"chat:{number}" for number in range(5000)]
    assert await found(storage, "needle", scopes=scopes) == [note.id for note in notes[2::-1]]


WORDS = st.sampled_from(["a", "ab", "abc", "b", "bc", "éa", "Ab"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["say", "edit", "hide", "find"]), st.integers(0, 3), st.lists(WORDS, max_size=4)),
    max_size=30,
)
RUNS = itertools.count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_the_law_of_searching(storage, steps):
    """After anything, a search finds what a model finds that looks at every text."""
    run, notes = next(RUNS), []
    for step, number, texts in steps:
        text, stream = " ".join(texts), f"chat:{run}:{number % 2}"
        if step == "say":
            notes.append(await say(storage, text, stream))
        elif step == "find" and texts:
            *words, last = sorted(words_of(text))
            for wanted in (Wanted((*words, last)), Wanted(tuple(words), last)):
                expected = [
                    note.id
                    for note in sorted(notes, reverse=True)
                    if note.stream == stream and not note.fields["gone"] and wanted.finds(words_of(note.fields["text"]))
                ]
                assert await storage.search("note", wanted, (stream,), limit=100) == expected
        elif step != "find" and notes:
            place = number % len(notes)
            changes = {"text": text} if step == "edit" else {"gone": not notes[place].fields["gone"]}
            notes[place] = await amend(storage, notes[place], **changes)
