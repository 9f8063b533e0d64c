"""``chatsrv backup`` beside a server that is written to, and ``chatsrv restore``."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients import PATIENCE, Browser, Person
from tests.end_to_end.commands import chatsrv
from tests.end_to_end.processes import ServerProcess
from tests.uploading import uploaded

SECRET = "a secret of all the servers of a test"
LIMITS = {"rates_messages_per_second": "100000", "rates_messages_burst": "100000", "rates_requests_burst": "100000"}
WRITERS = 4


@asynccontextmanager
async def served(folder: Path, nickname: str, **settings: str) -> AsyncIterator[Person]:
    """Serve a folder's data in a process, with a client that is not logged in."""
    server = ServerProcess(folder, secret=SECRET, **LIMITS, **settings)
    await asyncio.to_thread(server.start)
    person = Person(server, nickname)
    try:
        yield person
    finally:
        await person.close()
        assert await asyncio.to_thread(server.stop) == 0


@asynccontextmanager
async def writing(person: Person, chat: int, acknowledged: list[int]) -> AsyncIterator[None]:
    """Write to the chat all the while, and note what was acknowledged."""

    async def write() -> None:
        while True:
            acknowledged.append((await person.say(chat, f"message {len(acknowledged)}"))["id"])

    writers = [asyncio.create_task(write()) for _ in range(WRITERS)]
    try:
        yield
        assert not any(writer.done() for writer in writers)
    finally:
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)


async def messages(person: Person, chat: int) -> list[Any]:
    """Return all messages of the chat, oldest first."""
    found: list[Any] = []
    page = await person.read(f"/chats/{chat}/messages/page/1")
    while page:
        found += page
        page = await person.read(f"/chats/{chat}/messages/page/1?before={page[-1]['id']}")
    return found[::-1]


async def until(count: int, acknowledged: list[int]) -> None:
    """Wait until so many more were acknowledged."""
    wanted = len(acknowledged) + count
    async with asyncio.timeout(PATIENCE):
        while len(acknowledged) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_backup_under_writers_has_all_that_was_acknowledged_before_it(tmp_path):
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "backup.gz"
    clip = random.Random(1).randbytes(500_000)
    acknowledged: list[int] = []
    async with served(here, "lyova") as lyova:
        await lyova.register()
        chat = await lyova.chat()
        kept = await uploaded(lyova, clip)
        await lyova.ok(f"/chats/{chat}/messages", {"text": "clip", "attachments": [kept["id"]]})
        async with writing(lyova, chat, acknowledged):
            await until(200, acknowledged)
            before = list(acknowledged)
            said = await asyncio.to_thread(chatsrv, "backup", file, "--json", data=here / "data")
            assert said.code == 0, said.err
            assert said.json["things"] > len(before)
            await until(50, acknowledged)
        browser = Browser(lyova)
        await browser.connect()
        ahead = await browser.call("resume", {"streams": {}})
        await browser.close()
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list((here / "data").glob("backup-*"))

    said = chatsrv("restore", file, data=there / "data")
    assert (said.code, "are back" in said.out) == (0, True), said.err
    async with served(there, "lyova") as lyova:
        await lyova.login()
        restored = await messages(lyova, chat)
        ids = [one["id"] for one in restored]
        assert set(before) <= set(ids)
        assert set(ids) - {restored[0]["id"]} <= set(acknowledged)
        first = restored[0]["seq"]
        assert [one["seq"] for one in restored] == list(range(first, first + len(restored)))
        assert await lyova.read(restored[0]["attachments"][0]["url"]) == clip
        assert (await lyova.say(chat, "goes on"))["seq"] == first + len(restored)
        browser = Browser(lyova)
        await browser.connect()
        name = f"chat:{chat}"
        for asked in ({"epoch": ahead["epoch"]}, {}):
            answer = await browser.call("resume", asked | {"streams": {name: ahead["streams"][name]["head"]}})
            assert answer["epoch"] != ahead["epoch"]
            assert answer["streams"][name]["reset"] is True
        await browser.close()


async def test_a_file_that_is_deleted_meanwhile_is_in_the_backup_whole(tmp_path):
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "backup.gz"
    data = random.Random(2).randbytes(900_000)
    async with served(here, "lyova") as lyova:
        await lyova.register()
        things = [await uploaded(lyova, data + bytes([number])) for number in range(12)]
        backing = asyncio.create_task(asyncio.to_thread(chatsrv, "backup", file, data=here / "data"))
        part = file.with_name("backup.gz.part")
        # It gives way to whatever else the machine does.
        async with asyncio.timeout(6 * PATIENCE):
            while not part.exists() and not file.exists():  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        for thing in things:
            await lyova.ask("DELETE", f"/attachments/{thing['id']}")
        assert (await backing).code == 0
        assert [(await lyova.get(thing["url"])).status for thing in things] == [404] * len(things)
    assert chatsrv("restore", file, data=there / "data").code == 0
    async with served(there, "lyova") as lyova:
        await lyova.login()
        assert [await lyova.read(thing["url"]) for thing in things] == [
            data + bytes([number]) for number in range(len(things))
        ]


async def test_what_a_killed_backup_left_is_no_part_of_the_next_one(server_process, tmp_path):
    file = tmp_path / "backup.gz"
    file.with_name("backup.gz.part").write_bytes(b"of another time")
    left = tmp_path / "data" / "backup-killed"
    left.mkdir()
    assert chatsrv("backup", file, data=tmp_path / "data").code == 0
    assert not left.exists()
    again = chatsrv("backup", file, data=tmp_path / "data")
    assert again.code == 2
    assert "is there already" in again.err
    assert "no data folder" in chatsrv("backup", tmp_path / "other.gz", data=tmp_path / "nowhere").err


async def test_a_restore_takes_an_empty_place_and_no_running_server(server_process, tmp_path):
    lyova = Person(server_process, "lyova")
    await lyova.register()
    await lyova.close()
    file = tmp_path / "backup.gz"
    assert chatsrv("backup", file, data=tmp_path / "data").code == 0
    assert "in use by another process" in chatsrv("restore", file, data=tmp_path / "data").err
    server_process.stop()
    refused = chatsrv("restore", file, data=tmp_path / "data")
    assert (refused.code, "not empty" in refused.err) == (2, True)
    file.write_bytes(file.read_bytes()[:-100])
    assert chatsrv("restore", file, data=tmp_path / "elsewhere").code == 2


@pytest.mark.parametrize("into", ["sqlite", "mongodb"])
async def test_a_backup_of_mongodb_under_writers_has_it_too(tmp_path, mongodb, into):
    file = tmp_path / "backup.gz"
    acknowledged: list[int] = []
    async with served(tmp_path / "here", "lyova", storage=mongodb) as lyova:
        await lyova.register()
        chat = await lyova.chat()
        async with writing(lyova, chat, acknowledged):
            await until(10, acknowledged)
            before = list(acknowledged)
            said = await asyncio.to_thread(chatsrv, "backup", file, data=tmp_path / "here" / "data", storage=mongodb)
            assert said.code == 0, said.err
    copy = f"{mongodb}_copy" if into == "mongodb" else f"sqlite:///{tmp_path}/copy.db"
    assert chatsrv("restore", file, data=tmp_path / "there" / "data", storage=copy).code == 0
    async with served(tmp_path / "there", "lyova", storage=copy) as lyova:
        await lyova.login()
        restored = await messages(lyova, chat)
        assert set(before) <= {one["id"] for one in restored} <= set(acknowledged)
