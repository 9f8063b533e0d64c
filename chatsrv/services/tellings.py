"""Tellings: who was ever told of whom, so that a name that others were told can be taken back."""

from collections.abc import AsyncIterator

from storage.base import Collection, Duplicate, Missing, Storage

TELLINGS = Collection("tellings", indexes=(("author",), ("reader",)))
"""One record for each two people, however often it was."""

_BATCH = 500


class Tellings:
    """Notes it before anybody is told: a crash in between leaves one too many, never one too few."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def note(self, author: int, reader: int) -> None:
        """Note that the reader is about to be told of the author."""
        id = f"{author}:{reader}"
        try:
            await self._storage.get(TELLINGS.name, id)
        except Missing:
            try:
                await self._storage.insert(TELLINGS.name, {"id": id, "author": author, "reader": reader})
            except Duplicate:
                return

    async def readers(self, author: int) -> AsyncIterator[int]:
        """Give everybody who was told of the author, and forget each once the next one is asked for."""
        while records := await self._storage.find(TELLINGS.name, {"author": author}, limit=_BATCH):
            for record in records:
                yield record["reader"]
                await self._storage.delete(TELLINGS.name, record["id"])

    async def forget(self, reader: int) -> None:
        """Forget whom somebody was told of who goes."""
        while records := await self._storage.find(TELLINGS.name, {"reader": reader}, limit=_BATCH):
            for record in records:
                await self._storage.delete(TELLINGS.name, record["id"])
