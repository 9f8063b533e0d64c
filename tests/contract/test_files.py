"""What every store of files keeps, whichever it is."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import gridfs
import pymongo
import pytest

from storage import open_files
from storage.base import Missing, Unavailable
from storage.files import Files
from storage.folder_files import FolderFiles

NAME = "0123456789abcdef"
BIG = os.urandom(700_001)


class Cut(Exception):
    """The sender went away."""


async def parts_of(content: bytes, size: int = 65_536, *, fails: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
    if fails:
        raise Cut


async def whole(files: Files, name: str, *places: int | None) -> bytes:
    return b"".join([part async for part in files.read(name, *places)])


Open = Callable[[], Awaitable[Files]]


@pytest.fixture(params=["folder", "motor", "pymongo"])
async def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    url = "sqlite:///x.db" if request.param == "folder" else request.getfixturevalue("mongodb")
    opened: list[Files] = []

    async def start() -> Files:
        one = open_files(url, tmp_path / "files", mongodb_driver=request.param)
        opened.append(one)
        await one.open()
        return one

    yield start
    for one in opened:
        await one.close()


@pytest.fixture
async def files(open_one: Open) -> Files:
    return await open_one()


@pytest.mark.parametrize("content", [b"", b"x", BIG], ids=["empty", "short", "long"])
async def test_what_is_written_is_read(files, content):
    written = await files.write(NAME, parts_of(content))
    assert written == (len(content), hashlib.sha256(content).hexdigest())
    assert await whole(files, NAME) == content


async def test_any_range_can_be_read(files):
    await files.write(NAME, parts_of(BIG))
    for start, end in ((0, 1), (261_119, 261_121), (131_072, 600_000), (700_000, 700_001), (5, 5), (700_001, None)):
        assert await whole(files, NAME, start, end) == BIG[start:end]


async def test_no_block_is_large(files):
    await files.write(NAME, parts_of(BIG, 1_000_000))
    assert max([len(part) async for part in files.read(NAME)]) <= 131_072


async def test_of_a_file_that_was_cut_off_nothing_stays(files, tmp_path):
    with pytest.raises(Cut):
        await files.write(NAME, parts_of(BIG, fails=True))
    with pytest.raises(Missing):
        await whole(files, NAME)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    await files.write(NAME, parts_of(b"again"))
    assert await whole(files, NAME) == b"again"


async def test_of_a_file_whose_writing_was_cancelled_nothing_stays(files):
    begun, never = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield BIG
        begun.set()
        await never.wait()

    writing = asyncio.create_task(files.write(NAME, endless()))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    with pytest.raises(Missing):
        await whole(files, NAME)
    await files.delete(NAME)
    await files.write(NAME, parts_of(b"again"))


async def test_a_deleted_file_is_gone_and_deleting_again_is_harmless(files):
    await files.write(NAME, parts_of(BIG))
    await files.delete(NAME)
    await files.delete(NAME)
    with pytest.raises(Missing):
        await whole(files, NAME)


async def test_files_outlive_the_store_that_wrote_them(open_one):
    first = await open_one()
    await first.write(NAME, parts_of(BIG))
    await first.close()
    await first.close()
    assert await whole(await open_one(), NAME) == BIG
    with pytest.raises(Unavailable):
        await whole(first, NAME)


async def test_a_local_file_has_the_bytes(files):
    await files.write(NAME, parts_of(BIG))
    async with files.local(NAME) as path:
        assert path.read_bytes() == BIG
    with pytest.raises(Missing):
        async with files.local(NAME[::-1]):
            pass


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "", "a" * 65, "abcdefgh\n", "ABCDEFGH", "a.b.c.d."]
)
async def test_what_could_be_a_path_is_no_name(files, name):
    with pytest.raises(ValueError):
        await files.write(name, parts_of(b"x"))
    with pytest.raises(ValueError):
        await whole(files, name)
    with pytest.raises(ValueError):
        await files.delete(name)


async def test_many_are_written_at_once(files):
    contents = {f"{number:08}": os.urandom(50_000) for number in range(10)}
    await asyncio.gather(*(files.write(name, parts_of(content)) for name, content in contents.items()))
    assert {name: await whole(files, name) for name in contents} == contents


async def test_what_a_crash_left_half_is_removed(tmp_path):
    files = FolderFiles(tmp_path / "files")
    await files.open()
    (tmp_path / "files" / "incoming" / NAME).write_bytes(b"half")
    await files.open()
    await files.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_disk_that_refuses_is_unavailable(tmp_path):
    (tmp_path / "files").write_text("no folder")
    files = FolderFiles(tmp_path / "files")
    with pytest.raises(Unavailable):
        await files.open()
    await files.close()


async def test_any_tool_for_gridfs_reads_it(mongodb):
    files = open_files(mongodb, Path())
    await files.open()
    await files.write(NAME, parts_of(BIG))
    await files.close()
    with pymongo.MongoClient(mongodb) as client:
        assert gridfs.GridFS(client.get_default_database(), "files").get(NAME).read() == BIG
