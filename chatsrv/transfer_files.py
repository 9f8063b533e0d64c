"""The bytes of attachments on their way through the file of an export: parts of at most PART bytes, in base64."""

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, suppress
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import NamedTuple

from chatsrv import archive
from chatsrv.archive import Item, Part
from chatsrv.services.contents import CONTENTS, content_of, thumbnail_of
from storage.base import Missing, Record, Storage
from storage.files import Files

PART = 196_608
_AT_ONCE = 16


class Place(NamedTuple):
    """Behind which part of which file."""

    name: str
    number: int


class FileCopies:
    """Reads and writes the files that the contents of an open storage name."""

    def __init__(self, storage: Storage, files: Files) -> None:
        self._storage = storage
        self._files = files

    async def count(self) -> int:
        """About how many parts there are; a thumbnail is taken for one."""
        return sum([ceil(one["size"] / PART) + bool(one["thumbnail"]) async for one in self._contents(None)])

    async def page(self, after: Place | None) -> list[Item]:
        """Return the next parts behind a place, in a steady order; none when there are no more."""
        items: list[Item] = []
        async with aclosing(self._items(after)) as found:
            async for item in found:
                items.append(item)
                if len(items) == _AT_ONCE:
                    break
        return items

    async def bring(self, path: Path) -> AsyncIterator[int]:
        """Write the files of a whole export that are not there yet; yields how many parts each of them has."""
        for name, parts in groupby(_parts(path), key=lambda part: part.name):
            if await self._is_there(name):
                yield sum(1 for _ in parts)
                continue
            decoded = [0]
            # What a run left that was cut off.
            await self._files.delete(name)
            await self._files.write(name, _decoded(parts, decoded))
            yield decoded[0]

    async def _is_there(self, name: str) -> bool:
        """A file is readable only when it is whole; what it holds is compared at the end."""
        try:
            async with aclosing(self._files.read(name)) as blocks:
                async for _ in blocks:
                    break
        except Missing:
            return False
        return True

    async def _items(self, after: Place | None) -> AsyncGenerator[Item, None]:
        async for content in self._contents(after):
            for name in _names(content):
                if after is None or name > after.name:
                    first = 0
                elif name == after.name:
                    first = after.number + 1
                else:
                    continue
                async for item in self._read(name, first):
                    yield item

    async def _contents(self, after: Place | None) -> AsyncIterator[Record]:
        """Yield the contents from that of the place on."""
        last = None
        if after is not None:
            content = content_of(after.name)
            last = (content, content)
            with suppress(Missing):  # removed since its last part was read
                yield await self._storage.get(CONTENTS.name, content)
        while found := await self._storage.find(CONTENTS.name, {}, descending=False, after=last, limit=_AT_ONCE):
            for record in found:
                yield record
            last = (found[-1]["id"], found[-1]["id"])

    async def _read(self, name: str, first: int) -> AsyncIterator[Item]:
        number, waiting = first, bytearray()
        try:
            async with aclosing(self._files.read(name, first * PART)) as blocks:
                async for block in blocks:
                    waiting += block
                    while len(waiting) >= PART:
                        yield _item(name, number, bytes(waiting[:PART]))
                        number += 1
                        del waiting[:PART]
        except Missing:
            return  # a process died while it removed the content
        if waiting or number == 0:
            yield _item(name, number, bytes(waiting))


def _names(content: Record) -> list[str]:
    return [content["id"], thumbnail_of(content["id"])] if content["thumbnail"] else [content["id"]]


def _item(name: str, number: int, data: bytes) -> Item:
    return archive.line_of_part(Part(name, number, base64.b64encode(data).decode()))


def _parts(path: Path) -> Iterator[Part]:
    for lines, _ in archive.pieces(path):
        for line in lines:
            if line.startswith(archive.FILE):
                _, part = archive.parse(line)
                if isinstance(part, Part):
                    yield part


async def _decoded(parts: Iterable[Part], count: list[int]) -> AsyncIterator[bytes]:
    for part in parts:
        count[0] += 1
        yield base64.b64decode(part.data)
