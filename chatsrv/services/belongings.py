"""Belongings: records that are their owner's alone; to everybody else they do not exist."""

import re
from typing import Any, NamedTuple
from uuid import uuid4

from chatsrv.errors import Code, Problem
from chatsrv.services.paging import PAGE, Page
from storage.base import Missing, Record, Storage

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9a-f-]{36})")
_BATCH = 100


class Cursor(NamedTuple):
    """The last thing of a page: when it was made (Unix milliseconds), and its id."""

    created: int
    id: str

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that a text names. Raises Problem BAD_REQUEST."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise Problem(Code.BAD_REQUEST, field="before")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.created}.{self.id}"


class Belongings:
    """The belongings of one collection, which declares the indexes ``person`` and ``person, created``."""

    def __init__(self, storage: Storage, collection: str, missing: Code) -> None:
        """``missing`` is said of what is not there and, alike, of what is another's."""
        self._storage = storage
        self._collection = collection
        self._missing = missing

    async def of(self, person: int, id: str) -> Record:
        """Load and permit. Raises Problem ``missing``."""
        if not _ID.fullmatch(id):
            raise Problem(self._missing)
        try:
            record = await self._storage.get(self._collection, id)
        except Missing:
            raise Problem(self._missing) from None
        if record["person"] != person:
            raise Problem(self._missing)
        return record

    async def add(self, person: int, fields: dict[str, Any], *, most: int | None = None) -> Record:
        """Store a new one under an id of its own. Raises Problem TOO_MANY_THINGS, Duplicate."""
        if most is not None and await self._storage.count(self._collection, {"person": person}) >= most:
            raise Problem(Code.TOO_MANY_THINGS, data=most)
        record = {"id": str(uuid4()), "person": person, **fields}
        await self._insert(record)
        return record

    async def change(self, person: int, id: str, changes: dict[str, Any]) -> Record:
        """Replace these fields. Raises Problem ``missing``."""
        record = await self.of(person, id)
        try:
            return await self._update(record, changes)
        except Missing:
            raise Problem(self._missing) from None

    async def remove(self, person: int, id: str) -> Record:
        """Remove one and return what it was. Raises Problem ``missing``, also for the later of two who remove it."""
        record = await self.of(person, id)
        if not await self.erase(record):
            raise Problem(self._missing)
        return record

    async def erase(self, record: Record) -> bool:
        """Remove what was loaded, whosever it is; says whether it was still there."""
        return await self._storage.delete(self._collection, record["id"])

    async def page(self, person: int, before: Cursor | None) -> Page[Record]:
        """Return a page of the person's, the latest first."""
        found = await self._storage.find(
            self._collection, {"person": person}, order="created", after=before, limit=PAGE + 1
        )
        return Page(found[:PAGE], len(found) > PAGE)

    async def every(self, person: int) -> list[str]:
        """Return the ids of some of the person's, none when there are no more: for who removes them."""
        return [record["id"] for record in await self._storage.find(self._collection, {"person": person}, limit=_BATCH)]

    async def forget(self, person: int) -> None:
        """Remove all of the person's."""
        while records := await self._storage.find(self._collection, {"person": person}, limit=_BATCH):
            for record in records:
                await self.erase(record)

    async def _insert(self, record: Record) -> None:
        await self._storage.insert(self._collection, record)

    async def _update(self, record: Record, changes: dict[str, Any]) -> Record:
        return await self._storage.update(self._collection, record["id"], changes)


def check_note(text: str | None, most: int, field: str) -> None:
    """Raise Problem TOO_LONG for a text of more than ``most`` characters."""
    if text is not None and len(text) > most:
        raise Problem(Code.TOO_LONG, field=field, data=most)
