"""What every engine promises of streams: dense numbers, one atomic change at a time, nothing twice."""

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.base import Draft, Duplicate, Entry, Missing, Repeated, Stale

IDS = itertools.count(1)


def draft(stream: str = "chat:1", **given: Any) -> Draft:
    """Return a draft with an id of its own."""
    given = {"kind": "message", "event": "message.new", "author": 1, "fields": {"text": "hi"}} | given
    return Draft(given.pop("id", next(IDS)), stream, **given)


async def amend(storage, entry: Entry, nonce: str | None = None, **given: Any) -> Entry:
    given = {"event": "message.edited", "fields": entry.fields, "marks": entry.marks} | given
    return await storage.amend(entry, nonce=nonce, **given)


async def test_an_entry_gets_its_numbers_and_comes_back_as_it_was(storage):
    fields = {"text": "שלום 👋\x00", "$gt": {"a.b": None}, "big": 2**53}
    first = await storage.append(draft(fields=fields, key="k", marks=(9, 3), author=2**53 - 1))
    assert (first.seq, first.rev, first.ordinal, first.marks) == (1, 1, 1, (3, 9))
    assert first.fields == fields
    assert await storage.entry(first.id) == first
    assert await storage.keyed("chat:1", ["k", "absent"]) == {"k": first}
    second = await storage.append(draft(kind="member"))
    assert (second.seq, second.ordinal) == (2, 1)
    elsewhere = await storage.append(draft("chat:2"))
    assert (elsewhere.seq, elsewhere.ordinal) == (1, 1)


async def test_a_change_takes_the_next_number_and_keeps_the_place(storage):
    first, second = await storage.append(draft()), await storage.append(draft())
    changed = await amend(storage, first, fields={"text": "new"}, marks=(7,))
    assert changed == first._replace(rev=3, event="message.edited", fields={"text": "new"}, marks=(7,))
    assert await storage.entry(first.id) == changed
    assert await storage.head("chat:1") == 3
    assert await storage.page("chat:1", "message") == [second, changed]


async def test_a_change_of_an_old_state_is_stale(storage):
    entry = await storage.append(draft())
    await amend(storage, entry)
    with pytest.raises(Stale):
        await amend(storage, entry)
    with pytest.raises(Missing):
        await amend(storage, entry._replace(id=10**9))
    with pytest.raises(Missing):
        await storage.entry(10**9)
    assert await storage.head("chat:1") == 2


async def test_many_appends_at_once_are_dense_and_answered_in_order(storage):
    answered: list[int] = []

    async def append() -> None:
        answered.append((await storage.append(draft())).seq)

    await asyncio.gather(*(append() for _ in range(200)))
    assert sorted(answered) == list(range(1, 201))
    if storage.__class__.__name__ == "SqliteStorage":
        assert answered == sorted(answered)


async def test_many_changes_of_one_entry_are_all_made(storage):
    entry = await storage.append(draft(fields={"count": 0}))

    async def increment() -> None:
        while True:
            now = await storage.entry(entry.id)
            try:
                await amend(storage, now, fields={"count": now.fields["count"] + 1})
            except Stale:
                continue
            return

    await asyncio.gather(*(increment() for _ in range(30)))
    final = await storage.entry(entry.id)
    assert (final.fields["count"], final.rev) == (30, 31)


async def test_ids_and_keys_are_taken_once_and_a_refusal_takes_no_number(storage):
    entry = await storage.append(draft(key="k"))
    with pytest.raises(Duplicate) as refused:
        await storage.append(draft(key="k"))
    assert refused.value.args[0] == ("stream", "key")
    with pytest.raises(Duplicate) as refused:
        await storage.append(draft(id=entry.id))
    assert refused.value.args[0] == ("id",)
    await storage.append(draft("chat:2", key="k"))
    assert (await storage.append(draft())).seq == 2


async def test_a_nonce_works_once_for_any_change(storage):
    entry = await storage.append(draft(), nonce="a")
    for again in (draft(), draft("chat:2")):
        with pytest.raises(Repeated) as repeated:
            await storage.append(again, nonce="a")
        assert repeated.value.entry == entry
    changed = await amend(storage, entry, nonce="b")
    with pytest.raises(Repeated) as repeated:
        await amend(storage, changed, nonce="b")
    assert repeated.value.entry == changed
    with pytest.raises(Repeated):
        await amend(storage, changed, nonce="a")
    assert await storage.head("chat:1") == 2
    assert await storage.head("chat:2") == 0


async def test_the_same_nonce_at_once_makes_one_entry(storage):
    outcomes = await asyncio.gather(*(storage.append(draft(), nonce="n") for _ in range(20)), return_exceptions=True)
    made = [outcome for outcome in outcomes if isinstance(outcome, Entry)]
    assert len(made) == 1
    assert all(outcome.entry == made[0] for outcome in outcomes if isinstance(outcome, Repeated))
    assert len(await storage.page("chat:1", "message")) == 1


async def test_pages_go_back_by_ordinal(storage):
    entries = [await storage.append(draft(author=number % 2)) for number in range(7)]
    assert await storage.page("chat:1", "message", limit=3) == entries[:3:-1]
    assert await storage.page("chat:1", "message", below=5, limit=3) == entries[3:0:-1]
    assert await storage.page("chat:1", "message", below=1) == []
    assert await storage.page("chat:1", "message", limit=0) == []
    assert await storage.page("chat:1", "message", author=1, limit=2) == [entries[5], entries[3]]
    assert await storage.page("chat:1", "message", author=0, below=3) == [entries[0]]
    assert await storage.page("chat:2", "message") == []


async def test_changes_are_the_latest_states_in_the_order_of_the_changes(storage):
    first, second, third = [await storage.append(draft()) for _ in range(3)]
    first = await amend(storage, first)
    second = await amend(storage, second)
    assert await storage.changes("chat:1", 0, 10) == [third, first, second]
    assert await storage.changes("chat:1", 3, 1) == [first]
    assert await storage.changes("chat:1", 5, 10) == []
    assert await storage.changes("chat:9", 0, 10) == []


async def test_marks_find_entries_of_all_streams_and_are_counted(storage):
    first = await storage.append(draft(kind="member", marks=(7,)))
    second = await storage.append(draft("chat:2", kind="member", marks=(7, 8)))
    await storage.append(draft("chat:2", marks=(7,)))
    assert await storage.marked("member", 7) == [second, first]
    assert await storage.places("member", 7) == [second.stream, first.stream]
    assert await storage.places("member", 7, limit=1) == [second.stream]
    assert await storage.marked("member", 7, below=second.id) == [first]
    assert await storage.marked("member", 7, limit=1) == [second]
    assert (await storage.tally("chat:1", "member"), await storage.tally("chat:2", "member")) == (1, 1)
    second = await amend(storage, second, marks=(8,))
    assert await storage.marked("member", 7) == [first]
    assert await storage.places("member", 7) == [first.stream]
    assert await storage.marked("member", 8) == [second]
    await amend(storage, second, marks=())
    assert await storage.tally("chat:2", "member") == 0


async def test_numbers_go_on_after_reopening(open_storage):
    storage = await open_storage()
    entry = await storage.append(draft(), nonce="n")
    await storage.close()
    storage = await open_storage()
    with pytest.raises(Repeated):
        await storage.append(draft(), nonce="n")
    assert await storage.entry(entry.id) == entry
    assert (await storage.append(draft())).seq == 2


STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "amend", "stale", "repeat"]), st.integers(0, 2), st.integers(0, 5)),
    max_size=40,
)
RUNS = itertools.count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_the_laws_of_numbering(storage, steps):
    """After anything, every stream's numbers are dense and `changes` from any number is what a model says."""
    run = next(RUNS)
    model: dict[int, Entry] = {}
    for step, stream, number in steps:
        name, nonce = f"chat:{run}:{stream}", f"{run}:{number}"
        known = [entry for entry in model.values() if entry.stream == name]
        try:
            if step in ("append", "repeat"):
                made = await storage.append(
                    draft(name, kind=f"kind{number % 2}"), nonce=nonce * (step == "repeat") or None
                )
                model[made.id] = made
            elif known:
                entry = known[number % len(known)]
                entry = entry._replace(rev=entry.rev - 1) if step == "stale" else entry
                changed = await amend(storage, entry, marks=(number,))
                model[changed.id] = changed
        except (Repeated, Stale):
            continue
    for name in {entry.stream for entry in model.values()}:
        entries = sorted((entry for entry in model.values() if entry.stream == name), key=lambda entry: entry.rev)
        head = await storage.head(name)
        assert head == entries[-1].rev == sum(1 for _ in entries) + _amended(entries, head)
        for since in range(-1, head + 1):
            assert await storage.changes(name, since, 1000) == [entry for entry in entries if entry.rev > since]
        for kind in ("kind0", "kind1"):
            ordinals = sorted(entry.ordinal for entry in entries if entry.kind == kind)
            assert ordinals == list(range(1, len(ordinals) + 1))


def _amended(entries: list[Entry], head: int) -> int:
    """How many numbers changes took: those that no entry was born with."""
    return len(set(range(1, head + 1)) - {entry.seq for entry in entries})
