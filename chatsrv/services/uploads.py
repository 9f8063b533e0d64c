"""Uploads: a stream of bytes becomes an attachment, bounded at every step; what is cut off leaves nothing."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.pace import Pace
from chatsrv.pictures import HEAD_BYTES, PICTURES, Pictures, type_of
from chatsrv.services.attachment_records import LOOSE, AttachmentRecords
from chatsrv.services.attachments import Attachment, show
from chatsrv.services.contents import Content, Contents, thumbnail_of
from chatsrv.services.people import Person
from storage.base import Record, Unavailable
from storage.files import Files, Written

_SECONDS = 3600
_ENDING = 10
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class UploadLimits(NamedTuple):
    """Bounds in this process: of one upload, of one person's at once, of the bytes a second of all together."""

    file_bytes: int
    at_once: int
    name_chars: int
    per_second: int


class Uploads:
    """Takes files in."""

    def __init__(
        self, records: AttachmentRecords, contents: Contents, files: Files, pictures: Pictures, limits: UploadLimits
    ) -> None:
        self._records = records
        self._contents = contents
        self._files = files
        self._pictures = pictures
        self._limits = limits
        self._pace = Pace(limits.per_second)
        self._under_way: Counter[int] = Counter()

    async def most(self, person: Person) -> int:
        """How many bytes a file of the person may have now. Raises Problem TOO_MANY_FILES, NO_ROOM_FOR_FILES."""
        room, whole = await self._records.room(person), await self._contents.room()
        if not room:
            raise Problem(Code.TOO_MANY_FILES)
        if not whole:
            raise Problem(Code.NO_ROOM_FOR_FILES)
        return min(self._limits.file_bytes, room, whole)

    async def take(self, person: Person, name: str, parts: AsyncIterator[bytes]) -> Attachment:
        """Store the bytes and return the attachment. It is the person's own until they attach it.

        Raises Problem FILE_TOO_LARGE, TOO_MANY_FILES, NO_ROOM_FOR_FILES, TOO_MANY_UPLOADS, BAD_PICTURE,
        TOO_MANY_PIXELS, and whatever ``parts`` raises.
        """
        with self._turn(person):
            most = await self.most(person)
            record = await self._records.begin(person)
            try:
                async with asyncio.timeout(_SECONDS):
                    return await self._take(person, record, self._name(name), parts, most)
            except BaseException:
                # Also when the request is cancelled; whatever this can not remove is swept later.
                with suppress(Problem, Unavailable):
                    await asyncio.shield(self._records.abandon(record["id"]))
                raise

    async def _take(
        self, person: Person, record: Record, name: str, parts: AsyncIterator[bytes], most: int
    ) -> Attachment:
        head = bytearray()
        written = await self._files.write(record["own"], self._bounded(parts, most, head))
        content = await self._shared(record, written) or await self._added(record, written, bytes(head))
        await self._records.charge(person, content.size)
        known = content._asdict() | {"id": record["id"], "content": content.id}
        whole = known | {"owner": person.id, "name": name, "state": LOOSE, "charged": content.size}
        return show(await self._records.change(record["id"], lambda _: whole))

    async def _shared(self, record: Record, written: Written) -> Content | None:
        """Return the content that has the same bytes, named by the record; then those that came are removed."""
        same = await self._contents.same(written.digest)
        if same is None:
            return None
        await self._records.change(record["id"], lambda _: {"content": same.id})
        if await self._contents.lives(same.id):
            await self._files.delete(record["own"])
            return same
        await self._records.change(record["id"], lambda _: {"content": None})
        await self._contents.drop(same.id)
        return None

    async def _added(self, record: Record, written: Written, head: bytes) -> Content:
        """Return a new content of the bytes that came, named by the record."""
        content = Content(record["own"], written.digest, written.size, type_of(head), 0, 0, False)
        if content.type in PICTURES:
            async with self._files.local(content.id) as path:
                look = await self._pictures.look(path)
            content = content._replace(type=look.type, width=look.width, height=look.height, thumbnail=True)
            await self._files.write(thumbnail_of(content.id), _once(look.thumbnail))
        await self._records.change(record["id"], lambda _: {"content": content.id})
        await self._contents.add(content)
        return content

    async def _bounded(self, parts: AsyncIterator[bytes], most: int, head: bytearray) -> AsyncIterator[bytes]:
        """Pass the parts on, not too fast, and keep the first bytes. Raises Problem FILE_TOO_LARGE past ``most``."""
        size = 0
        async for part in parts:
            size += len(part)
            if size > most:
                raise Problem(Code.FILE_TOO_LARGE, data=most)
            if len(head) < HEAD_BYTES:
                head += part[: HEAD_BYTES - len(head)]
            yield part
            await self._pace.wait(len(part))

    def _name(self, given: str) -> str:
        """Return a name to show: no folders, no controls, no tricks of direction; the server opens no file by it."""
        last = given.replace("\\", "/").rpartition("/")[2]
        name = "".join(sign for sign in last if sign.isprintable() and unicodedata.category(sign) not in _HIDDEN)
        name = name.strip(" .")
        if len(name) > self._limits.name_chars:
            stem, dot, ending = name.rpartition(".")
            kept = dot + ending if dot and len(ending) <= _ENDING else ""
            name = (stem if kept else name)[: self._limits.name_chars - len(kept)] + kept
        return name or "file"

    @contextmanager
    def _turn(self, person: Person) -> Iterator[None]:
        if self._under_way[person.id] >= self._limits.at_once:
            raise Problem(Code.TOO_MANY_UPLOADS, retry_after=1)
        self._under_way[person.id] += 1
        try:
            yield
        finally:
            self._under_way[person.id] -= 1
            self._under_way += Counter()  # forgets whoever has none


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
