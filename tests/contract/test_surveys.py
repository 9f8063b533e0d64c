"""Looking at a database: how much there is, and what opening it would make, without changing anything."""

import pytest

from storage import inspect, open_beside, open_engine
from storage.base import Collection, Kind, Searchable, Unavailable
from tests.contract.conftest import COLLECTIONS, KINDS
from tests.contract.test_streams import draft


@pytest.fixture(params=["sqlite", "motor", "pymongo"])
def place(request, tmp_path) -> dict[str, str]:
    """Where a database may be, and how it is reached."""
    driver = request.param
    url = f"sqlite:///{tmp_path}/test.db" if driver == "sqlite" else request.getfixturevalue("mongodb")
    return {"url": url, "mongodb_driver": driver}


async def pending(place, collections=COLLECTIONS, kinds=KINDS):
    return (await inspect(place["url"], collections, kinds, mongodb_driver=place["mongodb_driver"])).pending


async def test_entries_are_counted_by_kind(storage):
    assert (await storage.survey()).kinds == {}
    for _ in range(2):
        await storage.append(draft())
    await storage.append(draft("chat:2", kind="note"))
    survey = await storage.survey()
    assert survey.kinds == {"message": 2, "note": 1}
    assert survey.bytes > 0


async def test_what_is_new_is_told_beforehand_and_nothing_is_done_meanwhile(place):
    [new] = await pending(place)
    assert "new database" in new
    assert await pending(place) == [new]
    engine = open_engine(place["url"], mongodb_driver=place["mongodb_driver"])
    await engine.open(COLLECTIONS, KINDS)
    assert await pending(place) == []
    assert (await inspect(place["url"], COLLECTIONS, KINDS, mongodb_driver=place["mongodb_driver"])).version
    later = (COLLECTIONS[0], Collection("others", indexes=(("age",),), search=Searchable(("name",))), Collection("new"))
    kinds = (*KINDS, Kind("letter", Searchable(("text",))))
    told = await pending(place, later, kinds)
    assert any("age" in one for one in told)
    assert {"index the words of others", "index the words of letter"} <= set(told)
    assert await pending(place, later, kinds) == told
    assert await pending(place) == []
    await engine.close()
    engine = open_engine(place["url"], mongodb_driver=place["mongodb_driver"])
    await engine.open(later, kinds)
    await engine.close()
    assert await pending(place, later, kinds) == []


async def test_a_snapshot_of_sqlite_stays_as_it_was_while_others_write(tmp_path):
    url = f"sqlite:///{tmp_path}/test.db"
    beside = open_beside(url)
    with pytest.raises(Unavailable, match="no database"):
        await beside.open(COLLECTIONS, KINDS)
    engine = open_engine(url)
    await engine.open(COLLECTIONS, KINDS)
    await engine.insert("others", {"id": 1, "name": "one"})
    first = await engine.append(draft())
    beside = open_beside(url)
    await beside.open(COLLECTIONS, KINDS)
    await engine.update("others", 1, {"name": "changed"})
    await engine.append(draft())
    assert (await beside.get("others", 1))["name"] == "one"
    assert [copy.entry for copy in await beside.dump(None, 10)] == [first]
    assert beside.epoch == engine.epoch
    with pytest.raises(Unavailable):
        await beside.insert("others", {"id": 2})
    await engine.close()
    assert await beside.size() == 1
    await beside.close()


async def test_a_database_that_lacks_what_is_declared_is_not_read_beside_others(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/test.db")
    await engine.open(COLLECTIONS, KINDS)
    beside = open_beside(f"sqlite:///{tmp_path}/test.db")
    with pytest.raises(Unavailable, match="older than this program"):
        await beside.open((*COLLECTIONS, Collection("new")), KINDS)
    await beside.close()
    await engine.close()
