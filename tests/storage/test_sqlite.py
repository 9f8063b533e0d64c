"""What is SQLite's own: the file, its lock, its plans, and what survives a kill."""

import asyncio
import itertools
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from storage import sqlite_entries
from storage.base import Collection, Draft, Kind, Searchable, Unavailable
from storage.sqlite import SqliteStorage
from storage.sqlite_records import Records
from storage.words import Wanted

COLLECTIONS = (Collection("things", indexes=(("owner", "added"), ("owner",)), unique=(("name",),)),)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def storage(tmp_path):
    engine = SqliteStorage(str(tmp_path / "folder" / "test.db"))
    await engine.open(COLLECTIONS)
    yield engine
    await engine.close()


def path_of(tmp_path):
    return tmp_path / "folder" / "test.db"


async def test_the_file_is_its_owners_alone_and_durable(storage, tmp_path):
    assert path_of(tmp_path).stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(path_of(tmp_path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_what_was_deleted_is_not_left_in_the_file(tmp_path):
    secret = "a secret sentence"
    path = tmp_path / "one.db"
    storage = SqliteStorage(str(path))
    await storage.open(COLLECTIONS)
    for id in range(1, 200):
        text = secret * (1 + id % 3 * 500)  # some of them are longer than a page
        await storage.insert("things", {"id": id, "owner": 1, "added": id, "name": f"{id}", "text": text})
        entry = await storage.append(Draft(id, "chat:1", "message", "new", 1, {"text": text}))
        if id % 2:
            await storage.delete("things", id)
            await storage.amend(entry, event="deleted", fields={"text": ""}, marks=())
    await storage.close()
    assert secret.encode() in path.read_bytes()
    await storage.open(COLLECTIONS)
    for id in range(2, 200, 2):
        await storage.delete("things", id)
        await storage.amend(await storage.entry(id), event="deleted", fields={"text": ""}, marks=())
    await storage.close()
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes()


async def test_what_was_deleted_is_not_left_while_the_file_is_open(tmp_path):
    words = ["Quagga", "quagga", "wombat"]
    storage = SqliteStorage(str(tmp_path / "one.db"))
    await storage.open((), (Kind("message", Searchable(("text",))),))

    async def say(id, text):
        return await storage.append(Draft(id, "chat:1", "message", "new", 1, {"text": text}))

    def left():
        return [word for word in words for file in tmp_path.iterdir() if word.encode() in file.read_bytes()]

    said = [await say(id, f"{words[0]} {words[2]} {id}") for id in range(1, 50)]
    assert await storage.search("message", Wanted(("quagga",)), ["chat:1"], limit=1)
    for entry in said:
        await storage.amend(entry, event="deleted", fields={"text": ""}, marks=())
    await say(50, "here")
    with closing(sqlite3.connect(tmp_path / "one.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM entries").fetchone()  # as a backup does: the log waits for it
        await storage.wipe()
        assert left()
    async with asyncio.timeout(10):
        while left():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await storage.search("message", Wanted(("here",)), ["chat:1"]) == [50]
    await storage.close()


async def test_a_second_opening_is_refused_and_says_why(storage, tmp_path):
    with pytest.raises(Unavailable, match="in use by another process"):
        await SqliteStorage(str(path_of(tmp_path))).open(COLLECTIONS)


async def test_a_database_of_a_newer_version_is_refused_untouched(tmp_path):
    path = tmp_path / "new.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Unavailable, match="version 99"):
        await SqliteStorage(str(path)).open(COLLECTIONS)


async def test_after_closing_everything_is_unavailable(storage):
    await storage.close()
    search = storage.search("things", Wanted(("word",)), ())
    for call in (
        storage.get("things", 1),
        storage.insert("things", {"id": 1}),
        storage.head("chat:1"),
        storage.ping(),
        search,
    ):
        with pytest.raises(Unavailable):
            await call


async def test_too_many_waiting_writes_are_refused_at_once(tmp_path):
    storage = SqliteStorage(str(tmp_path / "small.db"), max_pending=5)
    await storage.open(COLLECTIONS)
    writes = [storage.insert("things", {"id": id}) for id in range(20)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 15
    assert await storage.count("things", {}) == 5
    await storage.close()


def let_other_threads_run() -> None:
    time.sleep(0)


async def test_what_is_asked_for_at_once_is_committed_together(storage, tmp_path):
    log = Path(f"{path_of(tmp_path)}-wal")

    async def pages_written(*, at_once: int) -> int:
        before = log.stat().st_size
        await asyncio.gather(*(append() for _ in range(at_once)))
        return (log.stat().st_size - before) // 4096

    async def append() -> None:
        let_other_threads_run()
        await storage.append(Draft(next(ids), "chat:1", "message", "new", 1, {"text": "short"}))

    ids = itertools.count(1)
    alone = await pages_written(at_once=1)
    assert alone > 1
    assert await pages_written(at_once=64) < 8 * alone


async def test_a_cancelled_write_hurts_no_other(storage):
    writes = [asyncio.create_task(storage.insert("things", {"id": id})) for id in range(10)]
    await asyncio.sleep(0)
    writes[3].cancel()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(asyncio.CancelledError) == 1
    assert {record["id"] for record in await storage.find("things", {})} >= set(range(10)) - {3}


async def test_what_can_not_be_written_is_refused_and_changes_nothing(storage):
    await storage.insert("things", {"id": 1})
    outcomes = await asyncio.gather(
        storage.insert("things", {"id": 2}),
        storage.insert("things", {"id": 3, "bad": object()}),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert await storage.find("things", {}) == [{"id": 1}]
    await storage.insert("things", {"id": 2})


async def test_an_index_declared_later_finds_older_records(storage, tmp_path):
    await storage.insert("things", {"id": 1, "colour": "red"})
    await storage.close()
    storage = SqliteStorage(str(path_of(tmp_path)))
    await storage.open([Collection("things", indexes=(("colour",),))])
    assert [record["id"] for record in await storage.find("things", {"colour": "red"})] == [1]
    await storage.close()


STATEMENTS = [
    value for name, value in vars(sqlite_entries).items() if isinstance(value, str) and value.startswith("SELECT")
]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_no_reading_of_entries_scans(storage, tmp_path, statement):
    with sqlite3.connect(path_of(tmp_path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")).fetchall()
    connection.close()
    steps = [step for *_, step in plan]
    assert steps
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE FOR ORDER" in step], steps


@pytest.mark.parametrize(("where", "order"), [({"owner": 1}, "added"), ({"owner": 1}, "id"), ({"name": "n"}, "id")])
async def test_no_search_for_records_scans_or_sorts(storage, tmp_path, where, order):
    statements: list[str] = []
    with sqlite3.connect(path_of(tmp_path)) as connection:
        connection.set_trace_callback(statements.append)
        Records(COLLECTIONS[0]).find(connection, where, order, True, None, 0, 25)
        connection.set_trace_callback(None)
        plan = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statements[-1]}")]
    connection.close()
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step], plan


async def test_what_was_answered_survives_kills(tmp_path):
    """A process writes and says what was answered; it is killed at a random moment, again and again."""
    path, answered = tmp_path / "killed.db", []
    for _ in range(8):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.storage.endless_writer", f"sqlite:///{path}", str(len(answered))),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        lines = [await asyncio.wait_for(process.stdout.readline(), 10) for _ in range(random.randint(50, 400))]
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = await process.communicate()
        answered += [int(line) for line in lines + rest.split(b"\n")[:-1]]
    storage = SqliteStorage(str(path))
    await storage.open(())
    entries = await storage.changes("chat:1", 0, 10**9)
    await storage.close()
    numbers = [entry.fields["number"] for entry in entries]
    assert len(numbers) == len(set(numbers))
    assert set(answered) <= set(numbers)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.ordinal for entry in entries] == list(range(1, len(entries) + 1))
