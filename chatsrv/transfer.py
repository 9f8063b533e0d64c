"""``chatsrv export`` and ``chatsrv import``: a whole database and its files into one file, and out of it into new ones.

Both can be cut off at any moment and go on when they are run again; both end by reading the database once more and
comparing its totals with the file's.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tqdm import tqdm

from chatsrv import archive
from chatsrv.archive import ENTRIES, FILES, Damaged, Item, Totals
from chatsrv.services.imports import IMPORTS, Imports
from chatsrv.transfer_files import FileCopies, Place
from storage.base import Collection, Duplicate, Record, Storage, Stored
from storage.files import Files

_AT_ONCE = 500
_ELSEWHERE = (archive.END, archive.FILE)


class Transfer:
    """Copies what the collections, streams and files of an open storage hold."""

    def __init__(self, storage: Storage, files: Files, collections: Sequence[Collection]) -> None:
        self._storage = storage
        self._files = FileCopies(storage, files)
        self._imports = Imports(storage, collections)
        self._sources = [*sorted(one.name for one in collections if one is not IMPORTS), ENTRIES, FILES]

    async def write(self, path: Path, *, changing: bool = False) -> int:
        """Write everything to a new file and return how many things that were.

        Goes on with what an earlier run left in ``<path>.part``. Raises ValueError when the file is there already, or
        when the database changed meanwhile, unless it is expected to be ``changing``.
        """
        await self._imports.check()
        if path.exists():
            raise ValueError(f"{path} is there already")
        part = path.with_name(f"{path.name}.part")
        totals = await self._write(part)
        if changing:
            archive.checked(part)
        elif (await self._totals("checking")).stated != totals.stated:
            part.unlink()
            raise ValueError("the database changed while it was exported: stop every server of it and export again")
        part.rename(path)
        return totals.count

    async def read(self, path: Path) -> int:
        """Bring everything of the file into the database and return how many things that were.

        The database must be empty, or a run with the same file was cut off. Raises ValueError for any other, for a file
        that is not whole, and when what is there at the end is not what the file holds.
        """
        stated = archive.checked(path)
        unknown = stated["counts"].keys() - set(self._sources)
        if unknown:
            raise ValueError(f"the file holds {', '.join(sorted(unknown))}, which this program does not know")
        await self._imports.begin(stated["sha256"])
        try:
            await self._read(path, sum(stated["counts"].values()))
        except Duplicate as duplicate:
            raise ValueError(f"the database holds something else: {duplicate}") from duplicate
        if (await self._totals("checking")).stated != stated:
            raise ValueError("the database does not hold what the file holds: was it written to meanwhile?")
        await self._imports.finish(stated["sha256"])
        return sum(stated["counts"].values())

    async def _write(self, part: Path) -> Totals:
        totals, after, end = _written(part, self._storage.epoch)
        with archive.open_private(part, end) as file, tqdm(desc="exporting", disable=None) as bar:
            if not end:
                file.write(archive.piece([archive.header(self._storage.epoch)]))
            bar.total = await self._count()
            bar.update(totals.count)
            async for items in self._walk(after):
                file.write(archive.piece(item.line for item in items))
                totals.add(items)
                bar.update(len(items))
            file.write(archive.piece([archive.footer(totals)]))
            file.flush()
            os.fsync(file.fileno())
        return totals

    async def _read(self, path: Path, count: int) -> None:
        with tqdm(desc="importing", total=count, disable=None) as bar:
            for number, (lines, _) in enumerate(archive.pieces(path)):
                things = [archive.parse(line) for line in lines if number and not line.startswith(_ELSEWHERE)]
                copies = [thing for _, thing in things if isinstance(thing, Stored)]
                await self._storage.restore(copies)
                await asyncio.gather(*(self._bring(of, one) for of, one in things if isinstance(one, dict)))
                bar.update(len(things))
            async for parts in self._files.bring(path):
                bar.update(parts)

    async def _bring(self, source: str, record: Record) -> None:
        try:
            await self._storage.insert(source, record)
        except Duplicate:
            if await self._storage.get(source, record["id"]) != record:
                raise

    async def _totals(self, what: str) -> Totals:
        totals = Totals()
        with tqdm(desc=what, total=await self._count(), disable=None) as bar:
            async for items in self._walk(None):
                totals.add(items)
                bar.update(len(items))
        return totals

    async def _count(self) -> int:
        records = [await self._storage.count(source, {}) for source in self._sources if source not in (ENTRIES, FILES)]
        return sum(records) + await self._storage.size() + await self._files.count()

    async def _walk(self, after: Item | None) -> AsyncIterator[list[Item]]:
        """Yield everything behind a place, in a steady order, in pieces."""
        sources = self._sources[self._sources.index(after.source) :] if after else self._sources
        for source in sources:
            last: Any = after.id if after and after.source == source else None
            while items := await self._page(source, last):
                yield items
                last = items[-1].id

    async def _page(self, source: str, after: Any) -> list[Item]:
        if source == ENTRIES:
            return [archive.line_of_entry(copy) for copy in await self._storage.dump(after, _AT_ONCE)]
        if source == FILES:
            return await self._files.page(after and Place(*after))
        place = None if after is None else (after, after)
        found = await self._storage.find(source, {}, descending=False, after=place, limit=_AT_ONCE)
        return [archive.line_of_record(source, record) for record in found]


def _written(part: Path, epoch: str) -> tuple[Totals, Item | None, int]:
    """Return what an earlier run wrote: its totals, its last thing, and where the last good piece ends."""
    totals, last, end = Totals(), None, 0
    with suppress(Damaged, FileNotFoundError):
        for lines, place in archive.pieces(part):
            if not end and archive.epoch_of(lines[0]) != epoch:
                raise ValueError(f"{part} comes from another database: move it away")
            if lines[0].startswith(archive.END):
                break
            if end:
                items = [archive.item_of(line) for line in lines]
                totals.add(items)
                last = items[-1]
            end = place
    return totals, last, end
