"""What every engine promises of copying a whole database: all of it, numbers and nonces too, and twice is once."""

import pytest

from storage.base import Duplicate, Repeated, Stored
from storage.words import Wanted
from tests.contract.test_streams import amend, draft


async def everything(storage, limit=2):
    """Return all that is dumped, in pages."""
    found, after = [], None
    while page := await storage.dump(after, limit):
        assert len(page) <= limit
        found += page
        after = page[-1].entry.id
    return found


async def fill(storage):
    """Write to two streams whatever an entry can have."""
    first = await storage.append(draft(key="k", marks=(9, 3), fields={"$gt": {"a.b": None}, "text": "red"}), nonce="a")
    await storage.append(draft("chat:2", author=2**53 - 1))
    last = await storage.append(draft(kind="note", fields={"text": "red car"}), nonce="b")
    return await amend(storage, first, nonce="c", event="message.edited"), last


async def test_a_dump_has_every_entry_once_with_its_nonces(storage):
    assert await everything(storage) == []
    assert await storage.size() == 0
    first, last = await fill(storage)
    copies = await everything(storage)
    assert [copy.nonces for copy in copies] == [("a", "c"), (), ("b",)]
    assert [copy.entry.id for copy in copies] == sorted(copy.entry.id for copy in copies)
    assert (copies[0].entry, copies[2].entry) == (first, last)
    assert await storage.size() == 3


async def test_what_is_restored_is_as_it_was(storage, open_storage):
    first, last = await fill(storage)
    copies = await everything(storage)
    copy = await open_storage(another="_copy")
    await copy.restore(copies[:1])
    await copy.restore(copies)
    await copy.restore(copies)
    assert await everything(copy) == copies
    assert await copy.keyed("chat:1", ["k"]) == {"k": first}
    assert await copy.marked("message", 9) == [first]
    assert await copy.tally("chat:1", "message") == 1
    assert await copy.changes("chat:1", 0, 10) == [last, first]
    assert await copy.search("note", Wanted(("car",)), ("chat:1",)) == [last.id]
    for nonce in ("a", "c"):
        with pytest.raises(Repeated) as repeated:
            await copy.append(draft(), nonce=nonce)
        assert repeated.value.entry == first
    goes_on = await copy.append(draft())
    assert (goes_on.seq, goes_on.ordinal) == (4, 2)


async def test_numbers_known_before_a_restore_are_read_anew(storage, open_storage):
    await fill(storage)
    copy = await open_storage(another="_copy")
    assert await copy.head("chat:1") == 0
    await copy.append(draft("chat:3"))
    await copy.restore(await everything(storage))
    assert (await copy.append(draft())).seq == 4


@pytest.mark.parametrize("taken", ["rev", "key", "nonce"])
async def test_what_others_have_is_not_restored_over_them(storage, taken):
    entry = await storage.append(draft(key="k"), nonce="a")
    other = entry._replace(id=draft().id, seq=5, rev=5, ordinal=5, key="l")
    nonces = ("a",) if taken == "nonce" else ()
    if taken != "nonce":
        other = other._replace(**{taken: getattr(entry, taken)})
    with pytest.raises(Duplicate):
        await storage.restore([Stored(other, nonces)])
    assert [copy.entry for copy in await everything(storage)] == [entry]
