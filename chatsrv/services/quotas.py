"""Quotas: how many bytes somebody's files take, and all together; counted in storage, for every process alike.

A crash between a count and what is counted leaves the count too high, never too low: room is lost, no bound is passed.
"""

from chatsrv.errors import Code, Problem
from storage.base import Collection, Duplicate, Missing, Stale, Storage

QUOTAS = Collection("quotas")
_ATTEMPTS = 1000


class Quotas:
    """Counters that are changed by comparing and setting."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def used(self, name: str) -> int:
        """How many bytes are counted under the name."""
        try:
            return int((await self._storage.get(QUOTAS.name, name))["bytes"])
        except Missing:
            return 0

    async def take(self, name: str, size: int, most: int, full: Code) -> None:
        """Count ``size`` bytes more, unless that would be more than ``most``. Raises Problem ``full``."""
        await self._add(name, size, most, full)

    async def give_back(self, name: str, size: int) -> None:
        """Count ``size`` bytes less."""
        await self._add(name, -size, None, Code.TOO_BUSY)

    async def _add(self, name: str, size: int, most: int | None, full: Code) -> None:
        for _ in range(_ATTEMPTS):
            now = await self.used(name)
            if most is not None and now + size > most:
                raise Problem(full, data=most)
            try:
                await self._storage.update(QUOTAS.name, name, {"bytes": max(0, now + size)}, where={"bytes": now})
                return
            except Stale:
                continue
            except Missing:
                await self._begin(name)
        raise Problem(Code.TOO_BUSY)

    async def _begin(self, name: str) -> None:
        try:
            await self._storage.insert(QUOTAS.name, {"id": name, "bytes": 0})
        except Duplicate:
            return
