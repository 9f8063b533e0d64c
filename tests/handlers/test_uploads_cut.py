"""Uploads that lie, break off or never end: nothing of them stays, and nothing else suffers."""

import asyncio
import dataclasses
from typing import Any

import pytest

from chatsrv.services.attachment_records import ATTACHMENTS
from chatsrv.services.contents import CONTENTS, TOTAL
from chatsrv.services.quotas import QUOTAS
from storage.base import Storage
from tests.clients import PATIENCE, Person
from tests.uploading import HEAD, MP4, TAIL, upload, uploaded


class Sender:
    """A connection that sends whatever bytes a test likes."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def begin(self, *headers: str) -> None:
        host, port = self.person.server.url.removeprefix("http://").split(":")
        self.reader, self.writer = await asyncio.open_connection(host, int(port))
        lines = [
            "POST /attachments HTTP/1.1",
            f"Host: {host}",
            f"Authorization: Bearer {self.person.token}",
            "Content-Type: multipart/form-data; boundary=x",
            *headers,
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def status(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return int((await self.reader.readline()).split()[1])

    def cut(self) -> None:
        self.writer.transport.abort()


@pytest.fixture
def stored(server, tmp_path):
    """Say what is stored of attachments, besides what is counted of room."""
    storage: Storage = server.services.storage

    async def look() -> tuple[Any, ...]:
        records = await storage.count(ATTACHMENTS.name, {}), await storage.count(CONTENTS.name, {})
        files = [path for path in (tmp_path / "data" / "files").rglob("*") if path.is_file()]
        return (*records, len(files), sum([one["bytes"] for one in await storage.find(QUOTAS.name, {})]))

    return look


async def until(look, *wanted):
    """Wait until what is stored begins so."""
    async with asyncio.timeout(PATIENCE):
        while (await look())[: len(wanted)] != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_connection_cut_in_the_middle_leaves_nothing(person, stored):
    lyova = await person("lyova")
    for framing in ("Content-Length: 10000000", "Transfer-Encoding: chunked"):
        sender = Sender(lyova)
        await sender.begin(framing)
        send = sender.chunk if "chunked" in framing else sender.send
        await send(HEAD)
        await send(bytes(3_000_000))
        await until(stored, 1)
        sender.cut()
        await until(stored, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "body", [HEAD + bytes(5000), HEAD + bytes(5000) + b"\r\n--", HEAD, HEAD[:20], b"", b"--x--\r\n"]
)
async def test_a_body_that_is_shorter_than_its_form_is_refused(person, stored, body):
    sender = Sender(await person("lyova"))
    await sender.begin(f"Content-Length: {len(body)}")
    await sender.send(body)
    assert await sender.status() == 400
    sender.cut()
    await until(stored, 0, 0, 0, 0)


async def test_a_length_that_is_too_long_is_refused_before_anything_comes(person, stored):
    sender = Sender(await person("lyova"))
    await sender.begin(f"Content-Length: {10 * 1024**3}")
    assert await sender.status() == 413
    sender.cut()
    assert await stored() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "part", ["", "Content-Length: 10\r\n", "Content-Length: 99999999999\r\n", "Content-Length: x\r\n"]
)
async def test_what_a_part_says_of_its_length_is_not_believed(person, stored, part):
    lyova = await person("lyova")
    head = HEAD.replace(b"\r\n\r\n", f"\r\n{part}\r\n".encode())
    body = head + MP4 + TAIL
    sender = Sender(lyova)
    await sender.begin(f"Content-Length: {len(body)}")
    await sender.send(body)
    status = await sender.status()
    sender.cut()
    assert status == 200
    [made] = await lyova.read("/attachments/page/1")
    assert (await lyova.get(made["url"])).body == MP4


async def test_a_body_without_end_is_cut_at_the_bound(serve, config, person, tmp_path):
    small = dataclasses.replace(config.files, file_bytes=1_000_000)
    server = await serve(dataclasses.replace(config, files=small, data=str(tmp_path / "small")))
    sender = Sender(await person("lyova", server))
    await sender.begin("Transfer-Encoding: chunked")
    await sender.chunk(HEAD)
    sent = 0
    status = asyncio.create_task(sender.status())
    while not status.done() and sent < 100_000_000:
        try:
            await sender.chunk(bytes(65_536))
        except ConnectionError:
            break
        sent += 65_536
    assert await status == 413
    assert sent < 20_000_000
    sender.cut()
    assert [path for path in (tmp_path / "small" / "files").rglob("*") if path.is_file()] == []


async def test_who_sends_nothing_is_left_after_a_while(serve, config, person, tmp_path):
    impatient = dataclasses.replace(config.files, patience_seconds=1)
    server = await serve(dataclasses.replace(config, files=impatient, data=str(tmp_path / "other")))
    sender = Sender(await person("lyova", server))
    await sender.begin("Content-Length: 10000000")
    await sender.send(HEAD + bytes(100_000))
    assert await sender.status() == 400
    sender.cut()


async def test_one_person_uploads_only_so_many_at_once(person, stored):
    lyova, anna = await person("lyova"), await person("anna")
    senders = [Sender(lyova) for _ in range(4)]
    for sender in senders:
        await sender.begin("Content-Length: 10000000")
        await sender.send(HEAD + bytes(1000))
    await until(stored, 4)
    assert (await upload(lyova, b"x")).codes == {"TOO_MANY_UPLOADS"}
    await uploaded(anna, b"x")
    for sender in senders:
        sender.cut()
    await until(stored, 1, 1)
    await uploaded(lyova, b"x")


async def test_room_is_counted_and_given_back(person, stored, server):
    lyova = await person("lyova")
    made = await uploaded(lyova, MP4)
    used = [await server.services.storage.get(QUOTAS.name, name) for name in (TOTAL, f"person:{lyova.id}")]
    assert [one["bytes"] for one in used] == [len(MP4)] * 2
    assert (await lyova.ask("DELETE", made["url"])).status == 200
    assert await stored() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data", "multipart/mixed; boundary=x"]
)
async def test_what_is_no_form_with_a_file_is_refused(person, kind):
    lyova = await person("lyova")
    reply = await lyova.ask("POST", "/attachments", data=b"{}", headers={"Content-Type": kind})
    assert (reply.status, reply.codes <= {"UNSUPPORTED_TYPE", "NO_FILE"}) in ((415, True), (400, True))
