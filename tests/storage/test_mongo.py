"""What is MongoDB's own: many processes, what a query costs, what a majority has, a server that goes and comes."""

import asyncio
import itertools
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.monitoring import CommandListener, CommandStartedEvent, register

from storage.base import Collection, Draft, Duplicate, Entry, Kind, Repeated, Searchable, Stale, Unavailable
from storage.mongo import MongoStorage
from storage.words import Wanted
from tests.mongodb import HOW_TO_GET_ONE, MongoServer, available

ROOT = Path(__file__).parent.parent.parent
COLLECTIONS = (
    Collection("things", indexes=(("owner", "added"), ("owner",)), unique=(("name",), ("owner", "place"))),
    Collection("found", search=Searchable(("name",))),
)
KINDS = (Kind("message", Searchable(("text",))),)
IDS = itertools.count(1)


class Recorder(CommandListener):
    """Keeps the commands that drivers send while it is on."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] | None = None

    def started(self, event: CommandStartedEvent) -> None:
        if self.commands is not None:
            self.commands.append(dict(event.command))

    def succeeded(self, event: Any) -> None:
        pass

    failed = succeeded


RECORDER = Recorder()
register(RECORDER)


@pytest.fixture
async def engines(mongodb):
    """Engines on one database, as so many processes have them."""
    opened = [MongoStorage(mongodb, driver=driver) for driver in ("motor", "pymongo", "motor")]
    for engine in opened:  # one after the other: FerretDB 1 fails when two make the same indexes at once
        await engine.open(COLLECTIONS)
    yield opened
    for engine in opened:
        await engine.close()


@pytest.fixture
def commands():
    RECORDER.commands = []
    yield RECORDER.commands
    RECORDER.commands = None


def draft(stream: str = "chat:1", **given: Any) -> Draft:
    given = {"kind": "message", "event": "message.new", "author": 1, "fields": {}} | given
    return Draft(next(IDS), stream, **given)


async def test_all_processes_see_one_epoch(engines):
    assert len({engine.epoch for engine in engines}) == 1


async def test_many_writing_processes_leave_no_hole_and_no_reader_sees_one(engines):
    done = asyncio.Event()

    async def write(engine: MongoStorage, stream: str) -> None:
        for _ in range(10):
            await engine.append(draft(stream))

    async def read(engine: MongoStorage) -> None:
        while not done.is_set():
            seen = [entry.rev for entry in await engine.changes("chat:1", 0, 1000)]
            assert seen == list(range(1, len(seen) + 1))

    readers = [asyncio.create_task(read(engine)) for engine in engines]
    writers = [write(engine, stream) for engine in engines for stream in ("chat:1", "chat:2") for _ in range(2)]
    await asyncio.gather(*writers)
    done.set()
    await asyncio.gather(*readers)
    for stream in ("chat:1", "chat:2"):
        entries = await engines[0].changes(stream, 0, 1000)
        assert [entry.rev for entry in entries] == [entry.ordinal for entry in entries] == list(range(1, 61))


@pytest.mark.parametrize("amends", [False, True])
async def test_a_number_that_an_entry_has_left_is_not_taken_again_by_who_is_far_behind(engines, amends):
    here, there = engines[:2]
    old = entry = await there.append(draft())
    if amends:
        entry = await here.append(draft())
    while entry.rev < 5:
        entry = await here.amend(entry, event="message.edited", fields={}, marks=(), nonce=f"n{entry.rev}")
    if amends:
        late = await there.amend(old, event="message.edited", fields={}, marks=())
        assert (late.seq, late.rev) == (1, 6)
    else:
        late = await there.append(draft())
        assert (late.seq, late.rev) == (6, 6)
    assert await here.changes("chat:1", 5, 10) == [late]
    assert await here.entry(late.id) == late
    assert (await here.append(draft())).rev == 7
    assert (await there.append(draft())).rev == 8


async def test_who_died_with_a_number_that_was_left_before_is_moved_on_by_the_retry(engines, mongodb):
    here, there = engines[:2]
    entry = await here.append(draft())
    late = await there.append(draft(), nonce="n")
    for _ in range(2):
        entry = await here.amend(entry, event="message.edited", fields={}, marks=())
    with pymongo.MongoClient[dict[str, Any]](mongodb) as client:
        entries = client.get_default_database()["entries"]
        entries.update_one({"_id": late.id}, {"$set": {"seq": 3, "rev": 1}})
    with pytest.raises(Repeated) as repeated:
        await there.append(draft(), nonce="n")
    assert repeated.value.entry.rev == 5
    assert await here.changes("chat:1", 4, 10) == [repeated.value.entry]


async def test_a_change_of_one_entry_by_many_processes_is_never_lost(engines):
    entry = await engines[0].append(draft(fields={"count": 0}))

    async def increment(engine: MongoStorage) -> None:
        while True:
            now = await engine.entry(entry.id)
            try:
                await engine.amend(now, event="message.edited", fields={"count": now.fields["count"] + 1}, marks=())
            except Stale:
                continue
            return

    await asyncio.gather(*(increment(engine) for engine in engines for _ in range(5)))
    assert (await engines[0].entry(entry.id)).fields == {"count": 15}
    assert await engines[1].head("chat:1") == 16


async def test_no_process_takes_a_number_that_another_took_and_left_again(engines):
    here, there, _ = engines
    first = await here.append(draft())
    second = await there.append(draft())
    for _ in range(3):
        second = await there.amend(second, event="message.voted", fields={}, marks=())
    # The numbers 2, 3 and 4 are nobody's now, and the first engine has seen none of them.
    first = await here.amend(first, event="message.edited", fields={}, marks=())
    third = await here.append(draft(kind="member"))
    assert (second.rev, first.rev, third.rev) == (5, 6, 7)


async def test_of_two_processes_that_change_what_a_third_made_the_second_is_late(engines):
    await engines[0].append(draft())
    made = await engines[2].append(draft())
    changed = await engines[0].amend(made, event="message.edited", fields={}, marks=())
    assert changed.rev == made.rev + 1
    with pytest.raises(Stale):
        await engines[1].amend(made, event="message.edited", fields={}, marks=())


async def test_one_nonce_at_many_processes_makes_one_change(engines):
    outcomes = await asyncio.gather(
        *(engine.append(draft(), nonce="n") for engine in engines for _ in range(4)), return_exceptions=True
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Entry)]
    assert len(made) == 1
    assert {type(outcome) for outcome in outcomes if outcome is not made[0]} == {Repeated}
    assert len(await engines[0].changes("chat:1", 0, 10)) == 1


async def test_a_record_that_many_processes_claim_goes_to_one(engines):
    await engines[0].insert("things", {"id": 1, "state": "pending"})
    outcomes = await asyncio.gather(
        *(engine.update("things", 1, {"state": "mine"}, where={"state": "pending"}) for engine in engines),
        *(engine.insert("things", {"id": number, "name": "n"}) for number, engine in enumerate(engines, 10)),
        return_exceptions=True,
    )
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert sorted(kinds) == ["Duplicate", "Duplicate", "NoneType", "Stale", "Stale", "dict"]
    assert [outcome.args[0] for outcome in outcomes if isinstance(outcome, Duplicate)] == [("name",)] * 2


async def test_operators_and_paths_in_user_data_stay_data(engines, mongodb):
    await engines[0].insert("things", {"id": 1, "owner": "a", "name": "a"})
    for value in ("$gt", "$where", "a.b", "/.*/", "name"):
        assert await engines[0].find("things", {"owner": value}) == []
    hostile = {"$set": {"owner": "b"}, "a.b": {"$where": "1"}, "_version": 9, "_unique": {}, "%5F": 1}
    record = await engines[0].update("things", 1, hostile)
    assert record == {"id": 1, "owner": "a", "name": "a"} | hostile
    assert await engines[1].get("things", 1) == record
    with pytest.raises(Duplicate):
        await engines[1].insert("things", {"id": 2, "name": "a"})


async def _everything(storage: MongoStorage) -> None:
    """Do everything that an engine can, each in every form of its query."""
    await storage.insert("things", {"id": 1, "name": "n", "owner": 1, "added": 1})
    with pytest.raises(Duplicate):
        await storage.insert("things", {"id": 2, "name": "n"})
    await storage.get("things", 1)
    for where, order in (({"owner": 1}, "added"), ({"owner": 1}, "id"), ({"name": "n"}, "id"), ({}, "id")):
        for descending in (True, False):
            await storage.find("things", where, order=order, descending=descending)
            await storage.find("things", where, order=order, descending=descending, after=(1, 1))
    await storage.find("things", {"owner": None, "place": None})
    await storage.update("things", 1, {"added": 2}, where={"owner": 1})
    await storage.count("things", {"owner": 1})
    await storage.count("things", {})
    await storage.delete("things", 1)
    first = await storage.append(draft(key="k", marks=(7,)), nonce="a")
    with pytest.raises(Repeated):
        await storage.append(draft(), nonce="a")
    with pytest.raises(Duplicate):
        await storage.append(draft(key="k"))
    changed = await storage.amend(first, event="message.edited", fields={}, marks=(8,), nonce="b")
    with pytest.raises(Stale):
        await storage.amend(first, event="message.edited", fields={}, marks=())
    await storage.entry(changed.id)
    await storage.keyed("chat:1", ["k", "l"])
    for author in (None, 1):
        for below in (None, 5):
            await storage.page("chat:1", "message", author=author, below=below)
    await storage.changes("chat:1", 0, 10)
    await storage.head("chat:1")
    for below in (None, 5):
        await storage.marked("message", 8, below=below)
    await storage.tally("chat:1", "message")
    for below in (None, 5):
        await storage.search("message", Wanted(("one", "two")), ("chat:1",), below=below)
        await storage.search("found", Wanted(("one", "two")), ("found",), below=below)
        await storage.search("message", Wanted((), "one"), ("chat:1", "chat:2"), below=below)


async def test_no_query_scans_or_sorts(mongodb, commands):
    """Each query begins with all its equalities in an index that goes on in the order asked for, or names a unique one.

    What begins with a word is looked up in the index of words, and only the greatest ids of it are kept in order.
    Where the server is MongoDB itself its planner is asked too; FerretDB 1 has indexes but reads none of them.
    """
    storage = MongoStorage(mongodb)
    await storage.open(COLLECTIONS, KINDS)
    sent = len(commands)
    await _everything(storage)
    queries = [query for command in commands[sent:] if (query := _query(command)) is not None]
    await storage.close()
    with pymongo.MongoClient[dict[str, Any]](mongodb) as client:
        database = client.get_default_database()
        indexes = {name: database[name].index_information() for name in ("things", "found", "entries")}
        assert len(queries) > 30
        for collection, query, sort, hint in queries:
            assert hint or _served(indexes[collection], query, sort), (collection, query, sort)
        if "Plan" not in database["things"].find().explain()["queryPlanner"]:  # which is what FerretDB 1 answers
            for collection, query, sort, _ in queries:
                plan = str(database[collection].find(query, sort=sort or None).explain()["queryPlanner"]["winningPlan"])
                refused = ("COLLSCAN",) if _is_range(query.get("words")) else ("COLLSCAN", "'SORT'")
                assert not [stage for stage in refused if stage in plan], (query, sort, plan)


def _query(command: dict[str, Any]) -> tuple[str, dict[str, Any], list[tuple[str, int]], Any] | None:
    """Return the collection, filter, sort and hint of a command that looks something up."""
    match next(iter(command)):
        case "find":
            return command["find"], command["filter"], list(command.get("sort", {}).items()), None
        case "findAndModify":
            return command["findAndModify"], command["query"], [], None
        case "update":
            return command["update"], command["updates"][0]["q"], [], None
        case "delete":
            return command["delete"], command["deletes"][0]["q"], [], None
        case "aggregate":
            return command["aggregate"], command["pipeline"][0]["$match"], [], command.get("hint")
    return None


def _served(indexes: dict[str, Any], query: dict[str, Any], sort: list[tuple[str, int]]) -> bool:
    equal = {field for field, value in query.items() if not _is_range(value) and field not in ("$or", "$and")}
    ranged = [field for field, value in query.items() if _is_range(value)]
    order = ["words"] if "words" in ranged else [field for field, _ in sort] or ranged
    assert len({way for _, way in sort}) <= 1
    for name, index in indexes.items():
        keys = [field for field, _ in index["key"]]
        if (index.get("unique") or name == "_id_") and set(keys) <= equal:
            return True
        if set(keys[: len(equal)]) == equal and keys[len(equal) :][: len(order)] == order:
            return True
    return False


def _is_range(value: Any) -> bool:
    return isinstance(value, dict) and not {"$eq", "$in"} & set(value)


async def test_writes_wait_for_a_majority_and_answers_show_what_it_has(mongodb, commands):
    storage = MongoStorage(mongodb)
    await storage.open(COLLECTIONS)
    commands.clear()
    await storage.append(draft())
    await storage.insert("things", {"id": 1})
    await storage.page("chat:1", "message")
    await storage.get("things", 1)
    await storage.close()
    writes = [command for command in commands if {"insert", "update", "findAndModify"} & set(command)]
    assert len(writes) == 2
    assert all(command["writeConcern"]["w"] == "majority" for command in writes)
    answers = [command for command in commands if "find" in command][-2:]
    assert all(command["readConcern"]["level"] == "majority" for command in answers)


async def test_a_server_that_is_not_there_is_unavailable_and_says_so(tmp_path):
    storage = MongoStorage("mongodb://127.0.0.1:9/none?timeoutMS=300")
    with pytest.raises(Unavailable, match="MongoDB"):
        await storage.open(COLLECTIONS)
    for call in (storage.get("things", 1), storage.head("chat:1"), storage.ping()):
        with pytest.raises(Unavailable):
            await call


async def test_a_database_of_a_newer_version_is_refused(mongodb):
    with pymongo.MongoClient[dict[str, Any]](mongodb) as client:
        client.get_default_database()["meta"].insert_one({"_id": "version", "value": 99})
    with pytest.raises(Unavailable, match="version 99"):
        await MongoStorage(mongodb).open(COLLECTIONS)


@pytest.fixture
def own_server(tmp_path):
    """A server that the test may kill."""
    if not available():
        pytest.skip(HOW_TO_GET_ONE)
    server = MongoServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_a_killed_server_loses_nothing_and_the_engine_goes_on(own_server, driver):
    storage = MongoStorage(own_server.url("killed"), driver=driver)
    await storage.open(COLLECTIONS)
    answered = [(await storage.append(draft())).id for _ in range(20)]
    own_server.kill()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(storage.append(draft()), 20)
    own_server.start()
    answered += [(await storage.append(draft())).id for _ in range(5)]
    assert [entry.id for entry in await storage.changes("chat:1", 0, 100)] == answered
    assert await storage.head("chat:1") == 25
    await storage.close()


async def test_the_end_does_not_wait_for_a_server_that_is_gone(own_server):
    storage = MongoStorage(f"{own_server.url('gone')}?timeoutMS=500")  # PyMongo's own client leaves a socket behind
    await storage.open(COLLECTIONS)
    await asyncio.gather(*(storage.head("chat:1") for _ in range(10)))  # each had a session, which the driver ends last
    own_server.kill()
    with pytest.raises(Unavailable):  # the driver has noticed
        await storage.append(draft())
    begun = time.monotonic()
    await storage.close()
    assert time.monotonic() - begun < 10


async def test_what_was_answered_to_killed_processes_is_there_without_holes(mongodb):
    """Two processes write to one stream and say what was answered; both are killed at random moments, twice."""
    answered: list[int] = []
    lives = itertools.count(1)

    async def live() -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.storage.endless_writer", mongodb, str(next(lives))),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        lines = [await asyncio.wait_for(process.stdout.readline(), 20) for _ in range(random.randint(10, 60))]
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = await process.communicate()
        answered.extend(int(line) for line in lines + rest.split(b"\n")[:-1])

    storage = MongoStorage(mongodb)
    # The indexes are made beforehand: FerretDB 1 fails when two make the same ones at once.
    await storage.open((), KINDS)
    await storage.close()
    for _ in range(2):
        await asyncio.gather(live(), live())
    await storage.open(())
    entries = await storage.changes("chat:1", 0, 10**9)
    await storage.close()
    numbers = [entry.fields["number"] for entry in entries]
    assert len(numbers) == len(set(numbers))
    assert set(answered) <= set(numbers)
    assert [entry.seq for entry in entries] == [entry.ordinal for entry in entries] == list(range(1, len(entries) + 1))
