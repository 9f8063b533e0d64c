"""What every engine promises of records."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.base import Duplicate, Missing, Stale

TEXTS = ["", "a", "é", "e\u0301", "שלום\u202e", "👩‍👩‍👧", "a\x00b", "'; DROP TABLE c_things; --", "$gt", "a.b"]


async def test_a_record_comes_back_as_it_was(storage):
    record = {
        "id": 2**53 - 1,
        "name": "n",
        "null": None,
        "yes": True,
        "number": 2**62,
        "fraction": 0.1,
        "nested": {"$gt": "", "a.b": [1, {"c": None}]},
        "texts": TEXTS,
    }
    await storage.insert("things", record)
    assert await storage.get("things", record["id"]) == record


async def test_what_is_not_there_is_missing(storage):
    for id in (5, "5"):
        with pytest.raises(Missing):
            await storage.get("things", id)
        with pytest.raises(Missing):
            await storage.update("things", id, {"name": "x"})
        assert await storage.delete("things", id) is False


async def test_the_ids_1_and_text_1_are_two(storage):
    await storage.insert("things", {"id": 1, "what": "number"})
    await storage.insert("things", {"id": "1", "what": "text"})
    assert (await storage.get("things", 1))["what"] == "number"
    assert (await storage.get("things", "1"))["what"] == "text"
    assert await storage.delete("things", 1) is True
    assert (await storage.get("things", "1"))["what"] == "text"


async def test_an_id_is_taken_once(storage):
    await storage.insert("things", {"id": 1, "name": "first"})
    with pytest.raises(Duplicate) as refused:
        await storage.insert("things", {"id": 1, "name": "second"})
    assert refused.value.args[0] == ("id",)
    assert (await storage.get("things", 1))["name"] == "first"


async def test_a_unique_value_is_taken_once_and_absent_or_null_ones_are_free(storage):
    await storage.insert("things", {"id": 1, "name": "n", "owner": 1, "place": 1})
    for record, index in (({"name": "n"}, ("name",)), ({"owner": 1, "place": 1}, ("owner", "place"))):
        with pytest.raises(Duplicate) as refused:
            await storage.insert("things", {"id": 2} | record)
        assert refused.value.args[0] == index
    for id, record in enumerate(({}, {}, {"name": None}, {"owner": 1}, {"owner": 1}, {"owner": 1, "place": None}), 10):
        await storage.insert("things", {"id": id} | record)
    with pytest.raises(Duplicate):
        await storage.update("things", 10, {"name": "n"})
    assert await storage.get("things", 10) == {"id": 10}
    await storage.update("things", 1, {"name": "free"})
    await storage.update("things", 10, {"name": "n"})


async def test_an_update_replaces_top_level_fields_only(storage):
    await storage.insert("things", {"id": 1, "keep": 1, "nested": {"a": 1, "b": 2}, "gone": 5})
    changed = await storage.update("things", 1, {"nested": {"c": 3}, "gone": None, "new": [1]})
    assert changed == {"id": 1, "keep": 1, "nested": {"c": 3}, "gone": None, "new": [1]}
    assert await storage.get("things", 1) == changed
    assert await storage.update("things", 1, {}) == changed


async def test_a_conditional_update_happens_only_to_what_was_expected(storage):
    await storage.insert("things", {"id": 1, "state": "pending"})
    claims = [storage.update("things", 1, {"state": str(number)}, where={"state": "pending"}) for number in range(10)]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 9
    with pytest.raises(Stale):
        await storage.update("things", 1, {"state": "x"}, where={"absent": 1})


async def test_find_follows_the_order_and_breaks_ties_by_id(storage):
    for id in range(10):
        await storage.insert("things", {"id": id, "owner": id % 2, "added": id // 4})
    found = await storage.find("things", {"owner": 0}, order="added")
    assert [record["id"] for record in found] == [8, 6, 4, 2, 0]
    found = await storage.find("things", {"owner": 0}, order="added", descending=False, skip=1, limit=2)
    assert [record["id"] for record in found] == [2, 4]
    assert [record["id"] for record in await storage.find("things", {}, limit=3)] == [9, 8, 7]
    assert await storage.find("things", {"owner": 0}, limit=0) == []
    assert len(await storage.find("things", {"owner": 0}, limit=2**40)) == 5
    assert await storage.find("things", {"owner": 0}, skip=2**40) == []


async def test_pages_by_key_stay_exact_while_records_come_and_go(storage):
    for id in range(20):
        await storage.insert("things", {"id": id, "owner": 1, "added": id // 3})
    first = await storage.find("things", {"owner": 1}, order="added", limit=7)
    await storage.insert("things", {"id": 100, "owner": 1, "added": 100})
    await storage.delete("things", first[0]["id"])
    last = first[-1]
    second = await storage.find("things", {"owner": 1}, order="added", after=(last["added"], last["id"]), limit=50)
    assert [record["id"] for record in first + second] == list(range(19, -1, -1))


async def test_texts_are_ordered_by_code_point(storage):
    texts = ["", "Z", "a", "z", "é", "я", "\uffff", "😀"]
    for id, text in enumerate(texts):
        await storage.insert("things", {"id": id, "colour": "red", "size": text})
    found = await storage.find("things", {"colour": "red"}, order="size", descending=False)
    assert [record["size"] for record in found] == texts


@pytest.mark.parametrize("value", [*TEXTS, 0, -1, 2**53, 2**62, None])
async def test_any_plain_value_is_found_by_equality_alone(storage, value):
    await storage.insert("things", {"id": 1, "colour": value, "size": 1})
    await storage.insert("things", {"id": 2, "colour": "another", "size": 1})
    assert [record["id"] for record in await storage.find("things", {"colour": value, "size": 1})] == [1]
    assert await storage.count("things", {"colour": value, "size": 1}) == 1


async def test_null_finds_null_and_absent(storage):
    await storage.insert("things", {"id": 1, "owner": None})
    await storage.insert("things", {"id": 2})
    await storage.insert("things", {"id": 3, "owner": 1})
    assert [record["id"] for record in await storage.find("things", {"owner": None})] == [2, 1]
    assert await storage.count("things", {"owner": None}) == 2


async def test_a_search_without_a_declared_index_is_refused(storage):
    for where, order in (({"nowhere": 1}, "id"), ({"owner": 1}, "size"), ({"size": 1}, "colour"), ({}, "added")):
        with pytest.raises(ValueError, match="index"):
            await storage.find("things", where, order=order)


async def test_collections_are_apart(storage):
    await storage.insert("things", {"id": 1})
    await storage.insert("others", {"id": 1, "what": "other"})
    assert await storage.get("things", 1) == {"id": 1}


async def test_everything_is_there_after_reopening(open_storage):
    storage = await open_storage()
    epoch = storage.epoch
    await storage.insert("things", {"id": 1, "name": "n"})
    await storage.close()
    await storage.close()
    again = await open_storage()
    assert again.epoch == epoch != ""
    assert await again.get("things", 1) == {"id": 1, "name": "n"}
    await again.ping()


VALUES = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text("abc$._%5F\0", max_size=5)
DOCUMENTS = st.recursive(
    VALUES,
    lambda inner: st.dictionaries(KEYS, inner | st.lists(VALUES | st.dictionaries(KEYS, inner))),
)
FIELDS = st.dictionaries(KEYS.filter(lambda key: key != "id"), DOCUMENTS)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS, fields=FIELDS, id=st.integers(0, 2**53 - 1) | st.text("abc123:", min_size=1, max_size=20))
async def test_whatever_is_stored_comes_back(storage, document, fields, id):
    record = {**fields, "id": id, "document": document}
    await storage.delete("others", id)
    await storage.insert("others", record)
    assert await storage.get("others", id) == record
    assert await storage.update("others", id, {"document": None}) == record | {"document": None}
