"""Contents: bytes that are stored once, however many files have them.

A content is found by its digest and counted by the records that name it. Who takes the last of these away marks the
content as dying and counts once more, because somebody may have begun to use it meanwhile; who begins to use it names
it first and looks at the mark second. So one of the two always sees the other, and no bytes vanish under a file.
"""

from contextlib import suppress
from typing import NamedTuple
from uuid import uuid4

from chatsrv.clock import Clock
from chatsrv.errors import Code
from chatsrv.services.quotas import Quotas
from storage.base import Collection, Duplicate, Missing, Record, Stale, Storage
from storage.files import Files

CONTENTS = Collection("contents", indexes=(("state", "since"),), unique=(("digest",),))
"""``id`` is the name of the bytes in the files; ``since`` is when the content came into its state."""

TOTAL = "total"
_ALIVE, _DYING = "alive", "dying"
_THUMBNAIL = "0"
_NAME_SIGNS = 32
_BATCH = 1000


class Content(NamedTuple):
    """What is known of bytes by themselves; ``width`` and ``height`` are 0 of what is not a picture."""

    id: str
    digest: str
    size: int
    type: str
    width: int
    height: int
    thumbnail: bool


def thumbnail_of(content: str) -> str:
    """Return the name of a content's thumbnail in the files."""
    return content + _THUMBNAIL


def content_of(name: str) -> str:
    """Return the content whose bytes or thumbnail have this name in the files."""
    return name[:_NAME_SIGNS]


def new_name() -> str:
    """Return a name for bytes that nobody has used."""
    return uuid4().hex


class Contents:
    """Keeps and drops contents; ``users`` names the collection whose records have a field ``content``."""

    def __init__(self, storage: Storage, files: Files, quotas: Quotas, clock: Clock, *, users: str, most: int) -> None:
        self._storage = storage
        self._files = files
        self._quotas = quotas
        self._clock = clock
        self._users = users
        self._most = most

    async def room(self) -> int:
        """How many bytes may still come."""
        return max(0, self._most - await self._quotas.used(TOTAL))

    async def same(self, digest: str) -> Content | None:
        """Return the content of this digest, None when there is none; it may go before somebody names it."""
        found = await self._storage.find(CONTENTS.name, {"digest": digest}, limit=1)
        return _show(found[0]) if found else None

    async def lives(self, content: str) -> bool:
        """Say whether a content that a record names already will stay as long as that."""
        try:
            return bool((await self._storage.get(CONTENTS.name, content))["state"] == _ALIVE)
        except Missing:
            return False

    async def add(self, content: Content) -> None:
        """Take in bytes that the files have. Raises Problem NO_ROOM_FOR_FILES.

        When another process was first with the same bytes these are kept beside them, and shared with nobody.
        """
        await self._quotas.take(TOTAL, content.size, self._most, Code.NO_ROOM_FOR_FILES)
        record = content._asdict() | {"state": _ALIVE, "since": self._clock()}
        try:
            await self._storage.insert(CONTENTS.name, record)
        except Duplicate:
            await self._storage.insert(CONTENTS.name, record | {"digest": None})

    async def drop(self, content: str) -> None:
        """Remove the content if no record names it any more; bytes that never became one are removed too."""
        while not await self._used(content):
            try:
                dying = {"state": _DYING, "since": self._clock(), "digest": None}
                await self._storage.update(CONTENTS.name, content, dying, where={"state": _ALIVE})
            except Missing:
                await self._erase(content)
                return
            except Stale:
                return
            if await self.bury(content):
                return

    async def bury(self, content: str) -> bool:
        """Remove a content that was marked as dying, unless a record names it again: then it lives on, unshared."""
        if await self._used(content):
            await self._storage.update(CONTENTS.name, content, {"state": _ALIVE})
            return False
        size = int((await self._storage.get(CONTENTS.name, content))["size"])
        await self._erase(content)
        if await self._storage.delete(CONTENTS.name, content):
            await self._quotas.give_back(TOTAL, size)
        return True

    async def sweep(self, before: int) -> None:
        """Finish what processes that died were about to remove: what was marked before this time."""
        where = {"state": _DYING}
        found = await self._storage.find(CONTENTS.name, where, order="since", descending=False, limit=_BATCH)
        for record in found:
            if record["since"] < before:
                with suppress(Missing):
                    await self.bury(record["id"])

    async def _used(self, content: str) -> bool:
        return await self._storage.count(self._users, {"content": content}) > 0

    async def _erase(self, content: str) -> None:
        await self._files.delete(thumbnail_of(content))
        await self._files.delete(content)


def _show(record: Record) -> Content:
    return Content(*(record[name] for name in Content._fields))
