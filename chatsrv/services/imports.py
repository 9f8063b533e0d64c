"""Imports: the mark of a database that a whole other one is being copied into."""

from collections.abc import Sequence

from storage.base import Collection, Storage, Unavailable

IMPORTS = Collection("imports")
_UNFINISHED = "an import into this database was not finished: run chatsrv import again, with the same file"


class Imports:
    """Knows whether an import is under way: then the numbers of streams have holes, and nothing may be served."""

    def __init__(self, storage: Storage, collections: Sequence[Collection]) -> None:
        self._storage = storage
        self._names = [collection.name for collection in collections if collection is not IMPORTS]

    async def check(self) -> None:
        """Raise Unavailable while an import is not finished."""
        if await self._storage.count(IMPORTS.name, {}):
            raise Unavailable(_UNFINISHED)

    async def begin(self, digest: str) -> None:
        """Mark the database as taking what has this digest, or go on. Raises ValueError when it holds more."""
        begun = [record["id"] for record in await self._storage.find(IMPORTS.name, {})]
        if begun == [digest]:
            return
        if begun:
            raise ValueError(f"{_UNFINISHED}; this is another one")
        if await self._storage.dump(None, 1) or any([await self._storage.count(name, {}) for name in self._names]):
            raise ValueError("the database is not empty: import into a new one")
        await self._storage.insert(IMPORTS.name, {"id": digest})

    async def finish(self, digest: str) -> None:
        """Take the mark away."""
        await self._storage.delete(IMPORTS.name, digest)
