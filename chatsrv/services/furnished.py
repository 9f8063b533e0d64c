"""Belongings with attachments: what the texts of their field ``attachments`` name is held by them."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.services.attachments import Attachments, Holding, named_in
from chatsrv.services.belongings import Belongings
from chatsrv.services.people import Person
from storage.base import Missing, Record, Storage


class Furnished(Belongings):
    """Belongings that attach files and links of their owner; other texts stand there for themselves.

    Adding and changing raise Problem NO_SUCH_ATTACHMENT, too, for what is not the owner's.
    """

    def __init__(self, storage: Storage, collection: str, missing: Code, attachments: Attachments) -> None:
        super().__init__(storage, collection, missing)
        self._attachments = attachments
        attachments.register(collection, Holding(_only_the_owner_sees, self._holds))

    async def erase(self, record: Record) -> bool:
        held = _attached(record)
        await self._attachments.doubt(held)
        there = await super().erase(record)
        await self._attachments.release(held, self._holder(record))
        return there

    async def _insert(self, record: Record) -> None:
        await self._attachments.claim(record["person"], _attached(record), self._holder(record))
        await super()._insert(record)
        await self._attachments.settle(_attached(record), self._holder(record))

    async def _update(self, record: Record, changes: dict[str, Any]) -> Record:
        old = _attached(record)
        new = _attached(changes) if "attachments" in changes else old
        gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
        await self._attachments.claim(record["person"], come, self._holder(record))
        await self._attachments.doubt(gone)
        changed = await super()._update(record, changes)
        await self._attachments.settle(come, self._holder(record))
        await self._attachments.release(gone, self._holder(record))
        return changed

    def _holder(self, record: Record) -> str:
        return f"{self._collection}:{record['id']}"

    async def _holds(self, id: str, attachment: str) -> bool:
        try:
            return attachment in _attached(await self._storage.get(self._collection, id))
        except Missing:
            return False


async def _only_the_owner_sees(person: Person, id: str) -> bool:
    return False


def _attached(fields: dict[str, Any]) -> list[str]:
    return named_in(fields.get("attachments", ()))
