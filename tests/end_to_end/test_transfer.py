"""``chatsrv export`` and ``chatsrv import`` as an operator runs them: from SQLite to MongoDB and back, and killed."""

import asyncio
import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pymongo
import pytest

from storage import open_engine
from storage.base import Draft
from tests.clients import PATIENCE, Person
from tests.end_to_end.processes import ROOT, ServerProcess
from tests.uploading import picture, uploaded

SECRET = "a secret of all the servers of a test"


def command(name: str, path: Path, storage: str, data: Path) -> "subprocess.Popen[str]":
    """Start ``chatsrv export`` or ``import``."""
    settings = {"CHATSRV_STORAGE": storage, "CHATSRV_SECRET": SECRET, "CHATSRV_DATA": str(data)}
    return subprocess.Popen(
        [sys.executable, "-m", "chatsrv", name, str(path)],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(name: str, path: Path, storage: str, *, code: int = 0, data: Path | None = None) -> str:
    """Run it, expect the exit code, return what it said; ``data`` is where a SQLite database has its files."""
    process = command(name, path, storage, data or path.parent)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == code, said
    return said


def contents(path: Path) -> list[bytes]:
    """Return the lines of a file without its first, which names the database that it comes from."""
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/here.db"


async def lines_of(person: Person, chat: int) -> list[dict[str, object]]:
    """Return a chat's messages, without when their author was last seen."""
    return [{**one, "user": None} for one in await person.read(f"/chats/{chat}/messages")]


@asynccontextmanager
async def somebody(folder: Path, storage: str, *names: str) -> AsyncIterator[list[Person]]:
    """Serve the storage, with clients of it that have not registered."""
    server = ServerProcess(folder, storage=storage, secret=SECRET)
    await asyncio.to_thread(server.start)
    people = [Person(server, name) for name in names]
    try:
        yield people
    finally:
        for person in people:
            await person.close()
        ended = server.stop()
    assert ended == 0


async def test_everything_moves_to_mongodb_and_back(tmp_path, sqlite, mongodb):
    again = {"Idempotency-Key": "n"}
    async with somebody(tmp_path / "server", sqlite, "lyova", "anna") as (lyova, anna):
        await lyova.register()
        await anna.register()
        chat = await lyova.chat(anna, name="Писатели $gt")
        said = [await lyova.say(chat, f"message {number} 🎉") for number in range(30)]
        await anna.ok(f"/message/{said[0]['id']}/vote")
        await lyova.ok(f"/message/{said[1]['id']}/edit", {"text": "edited"})
        first = await lyova.ok(f"/chats/{chat}/messages", {"text": "once"}, headers=again)
        before = await lines_of(lyova, chat)

    there, back = tmp_path / "there.gz", tmp_path / "back.gz"
    assert "holds" in run("export", there, sqlite)
    assert there.stat().st_mode & 0o777 == 0o600
    run("import", there, mongodb)

    async with somebody(tmp_path / "server", mongodb, "lyova") as (lyova,):
        await lyova.login()
        assert await lines_of(lyova, chat) == before
        assert (await lyova.ok(f"/chats/{chat}/messages", {"text": "once"}, headers=again))["id"] == first["id"]
        assert [one["thing"]["id"] for one in await lyova.read("/search?q=once")] == [first["id"]]
        assert (await lyova.say(chat, "goes on"))["seq"] == first["seq"] + 1

    run("export", back, mongodb)
    assert len(contents(back)) > len(contents(there))
    run("import", back, f"sqlite:///{tmp_path}/returned.db")
    run("export", tmp_path / "again.gz", f"sqlite:///{tmp_path}/returned.db")
    assert contents(tmp_path / "again.gz") == contents(back)


async def test_attachments_move_along(tmp_path, sqlite, mongodb):
    server, there, back = tmp_path / "server", tmp_path / "there.gz", tmp_path / "back.gz"
    big, small, clip = picture(size=(600, 600)), picture(), random.Random(1).randbytes(196_608 * 5)
    async with somebody(server, sqlite, "lyova") as (lyova,):
        await lyova.register()
        files = [await uploaded(lyova, data) for data in (big, clip, small, small, b"x")]
        chat = await lyova.chat()
        await lyova.ok(f"/chats/{chat}/messages", {"text": "", "attachments": [one["id"] for one in files]})

    async def check(storage, folder):
        async with somebody(folder, storage, "lyova") as (lyova,):
            await lyova.login()
            [message] = [one for one in await lyova.read(f"/chats/{chat}/messages") if one["attachments"]]
            assert [one["id"] for one in message["attachments"]] == [one["id"] for one in files]
            for one, data in zip(files, (big, clip, small, small, b"x"), strict=True):
                assert await lyova.read(one["url"]) == data
            assert (await lyova.read(files[0]["thumbnail"])).startswith(b"RIFF")

    run("export", there, sqlite, data=server / "data")
    most = there.stat().st_size / 2
    cut = tmp_path / "cut.gz.part"
    killed(
        command("export", tmp_path / "cut.gz", sqlite, server / "data"),
        lambda: cut.exists() and cut.stat().st_size > most,
    )
    run("export", tmp_path / "cut.gz", sqlite, data=server / "data")
    assert (tmp_path / "cut.gz").read_bytes() == there.read_bytes()
    with pymongo.MongoClient[dict[str, object]](mongodb) as client:
        chunks = client.get_default_database()["files.chunks"]
        killed(command("import", there, mongodb, tmp_path), lambda: chunks.estimated_document_count() > 5)
    run("import", there, mongodb)
    await check(mongodb, tmp_path / "elsewhere")
    run("export", back, mongodb)
    returned = f"sqlite:///{tmp_path}/returned.db"
    run("import", back, returned, data=tmp_path / "returned" / "data")
    await check(returned, tmp_path / "returned")


async def fill(url: str, count: int) -> None:
    """Store many entries of several streams."""
    engine = open_engine(url)
    await engine.open(())
    drafts = [
        Draft(number, f"chat:{number % 7}", "message", "message.new", 1, {"text": f"text {number}" * 20})
        for number in range(1, count + 1)
    ]
    for start in range(0, count, 1000):
        some = drafts[start : start + 1000]
        await asyncio.gather(*(engine.append(draft, nonce=str(draft.id)) for draft in some))
    await engine.close()


def killed(process: "subprocess.Popen[str]", far: Callable[[], bool]) -> None:
    """Kill it as soon as it has come so far."""
    try:
        for _ in range(int(PATIENCE * 1000)):
            if far():
                return
            assert process.poll() is None, process.communicate()
            time.sleep(0.001)
        raise AssertionError("it did not come so far")
    finally:
        process.kill()
        process.communicate()


async def test_an_export_that_is_killed_goes_on_where_it_was(tmp_path, sqlite):
    await fill(sqlite, 40_000)
    whole, cut = tmp_path / "whole.gz", tmp_path / "cut.gz"
    run("export", whole, sqlite)
    part = tmp_path / "cut.gz.part"
    for share in (0.2, 0.5, 0.8):
        most = whole.stat().st_size * share
        killed(command("export", cut, sqlite, tmp_path), lambda most=most: part.exists() and part.stat().st_size > most)
        assert not cut.exists()
        if share == 0.5:
            with part.open("ab") as file:
                file.write(b"what a power cut may leave")
    run("export", cut, sqlite)
    assert cut.read_bytes() == whole.read_bytes()


async def test_an_import_that_is_killed_goes_on_and_nothing_is_served_before(tmp_path, sqlite, mongodb):
    await fill(sqlite, 3000)
    path, back = tmp_path / "there.gz", tmp_path / "back.gz"
    run("export", path, sqlite)
    with pymongo.MongoClient[dict[str, object]](mongodb) as client:
        entries = client.get_default_database()["entries"]
        for count in (500, 1500):
            killed(
                command("import", path, mongodb, tmp_path),
                lambda count=count: entries.estimated_document_count() >= count,
            )
            server = ServerProcess(tmp_path / "server", storage=mongodb, secret=SECRET)
            with pytest.raises(AssertionError, match="import into this database was not finished"):
                server.start()
            server.kill()
            assert "not finished" in run("export", tmp_path / "no.gz", mongodb, code=2)
        run("import", path, mongodb)
    run("export", back, mongodb)
    assert contents(back) == contents(path)


async def test_a_file_that_is_not_whole_or_another_database_is_refused(tmp_path, sqlite):
    await fill(sqlite, 2000)
    path = tmp_path / "there.gz"
    run("export", path, sqlite)
    assert "is there already" in run("export", path, sqlite, code=2)
    assert "not empty" in run("import", path, sqlite, code=2)
    data = path.read_bytes()
    empty = f"sqlite:///{tmp_path}/empty.db"
    lines = gzip.decompress(data).splitlines()
    changed = [json.loads(line) for line in lines]
    changed[5]["entry"]["author"] = 2
    for broken in (
        data[: len(data) // 2],
        data[:-1],
        data[:2000] + b"x" + data[2001:],
        b"",
        b"no gzip",
        gzip.compress(b"[]\n"),
        gzip.compress(b'{"chatsrv": 99, "epoch": ""}\n'),
        gzip.compress(lines[0]) + gzip.compress("\n".join(map(json.dumps, changed[1:])).encode()),
    ):
        path.write_bytes(broken)
        said = run("import", path, empty, code=2)
        assert "Traceback" not in said
        assert "chatsrv:" in said
    path.write_bytes(data)
    run("import", path, empty)
