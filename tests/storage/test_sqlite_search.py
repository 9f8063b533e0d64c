"""What is SQLite's own in searching: notes that outlive a kill, a first filling that goes on, bounds of time."""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from storage.base import Collection, Draft, Kind, Searchable, Unavailable
from storage.sqlite import SqliteStorage
from storage.words import Wanted

ROOT = Path(__file__).parent.parent.parent
KINDS = (Kind("message", Searchable(("text",))),)
EVERY = Wanted(("every",))
OPEN = """
import asyncio, sys
from storage.sqlite import SqliteStorage
from tests.storage.test_sqlite_search import KINDS
print("opening", flush=True)
asyncio.run(SqliteStorage(sys.argv[1]).open((), KINDS))
"""


async def fill(storage, count, stream="chat:1", start=1):
    drafts = (Draft(id, stream, "message", "new", 1, {"text": f"every {id}"}) for id in range(start, start + count))
    await asyncio.gather(*(storage.append(draft) for draft in drafts))


@pytest.fixture
async def storage(tmp_path):
    engine = SqliteStorage(str(tmp_path / "test.db"))
    await engine.open((), KINDS)
    yield engine
    await engine.close()


async def until(happened):
    """Wait, bounded, for what another thread does and tells nobody."""
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def started(*arguments):
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT)


async def killed(process):
    if process.returncode is None:
        os.kill(process.pid, signal.SIGKILL)
    return (await process.communicate())[0]


async def test_what_was_answered_is_found_after_kills(tmp_path):
    path = str(tmp_path / "killed.db")
    for life in range(4):
        process = await started("-m", "tests.storage.endless_writer", f"sqlite:///{path}", str(life))
        for _ in range(random.randint(50, 600)):
            await asyncio.wait_for(process.stdout.readline(), 10)
        await killed(process)
    storage = SqliteStorage(path)
    await storage.open((), KINDS)
    there = sorted((entry.id for entry in await storage.changes("chat:1", 0, 10**9)), reverse=True)
    assert await storage.search("message", EVERY, ["chat:1"], limit=10**6) == there
    await storage.close()


async def test_a_first_filling_that_is_killed_goes_on(tmp_path):
    path = str(tmp_path / "old.db")
    storage = SqliteStorage(path)
    await storage.open(())
    await fill(storage, 5000)
    await storage.close()
    progress = []
    for _ in range(4):
        process = await started("-c", OPEN, path)
        await asyncio.wait_for(process.stdout.readline(), 10)
        await asyncio.sleep(random.random() / 10)
        await killed(process)
        connection = sqlite3.connect(path)
        has = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'search_sources'").fetchone()[0]
        progress += connection.execute("SELECT filled FROM search_sources").fetchall() if has else []
        connection.close()
    assert progress == sorted(progress)
    storage = SqliteStorage(path)
    await storage.open((), KINDS)
    assert await storage.search("message", EVERY, ["chat:1"], limit=10**6) == list(range(5000, 0, -1))
    await storage.close()


async def test_the_index_is_brought_up_to_date_when_there_is_time(storage, tmp_path):
    await fill(storage, 1000)
    connection = sqlite3.connect(tmp_path / "test.db")
    await until(lambda: connection.execute("SELECT count(*) FROM unindexed").fetchone() == (0,))
    assert connection.execute("SELECT count(*) FROM words_message").fetchone() == (1000,)
    connection.close()


async def test_the_index_gains_ground_though_writing_never_pauses(storage, tmp_path):
    connection = sqlite3.connect(tmp_path / "test.db")

    async def write_on():
        for start in range(0, 10**9, 10):
            await fill(storage, 10, start=start + 1)

    writing = asyncio.create_task(write_on())
    await until(lambda: connection.execute("SELECT count(*) FROM words_message").fetchone()[0] >= 100)
    assert not writing.done()
    writing.cancel()
    connection.close()


async def test_too_many_searches_at_once_are_refused_and_the_others_are_exact(storage):
    await fill(storage, 10)
    searches = [storage.search("message", EVERY, ["chat:1"]) for _ in range(200)]
    outcomes = await asyncio.gather(*searches, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {list, Unavailable}
    assert all(outcome == list(range(10, 0, -1)) for outcome in outcomes if isinstance(outcome, list))


async def test_a_search_that_takes_too_long_is_given_up(tmp_path):
    storage = SqliteStorage(str(tmp_path / "slow.db"), search_seconds=0)
    await storage.open((), KINDS)
    streams = [f"chat:{number}" for number in range(3000)]
    drafts = (Draft(id, stream, "message", "new", 1, {"text": "every"}) for id, stream in enumerate(streams))
    await asyncio.gather(*(storage.append(draft) for draft in drafts))
    async with asyncio.timeout(10):
        found = None
        while found is None:  # as long as it is behind, it says so; what it did meanwhile stays done
            with suppress(Unavailable):
                found = await storage.search("message", EVERY, ["chat:7"])
    assert found == [7]
    with pytest.raises(Unavailable, match="interrupted"):
        await storage.search("message", EVERY, streams)
    assert await storage.search("message", EVERY, ["chat:7"]) == [7]
    await storage.close()


async def test_a_kind_declared_otherwise_is_indexed_anew(storage, tmp_path):
    await storage.append(Draft(1, "chat:1", "message", "new", 1, {"text": "old", "title": "every"}))
    assert await storage.search("message", EVERY, ["chat:1"]) == []
    await storage.close()
    await storage.open((), (Kind("message", Searchable(("title",))),))
    assert await storage.search("message", EVERY, ["chat:1"]) == [1]


async def test_a_record_whose_id_is_text_is_not_found_and_stops_nothing(tmp_path):
    storage = SqliteStorage(str(tmp_path / "ids.db"))
    await storage.open((Collection("things", search=Searchable(("name",))),))
    for id in ("1", "x", 5):
        await storage.insert("things", {"id": id, "name": "every"})
    assert await storage.search("things", EVERY, ["things"]) == [5]
    await storage.delete("things", "x")
    await storage.close()
