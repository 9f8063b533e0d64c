"""The engine for many processes: MongoDB, through motor or PyMongo's asyncio client.

Every change is one document, written with a write concern of majority; reads show what a majority has.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from storage.base import Collection, Draft, Entry, Kind, Record, Storage, Stored, Survey, Unavailable
from storage.mongo_driver import Client, Database, close, connect, database_of, translated
from storage.mongo_entries import NAME, Entries
from storage.mongo_records import Records
from storage.mongo_search import Indexing, keep_indexed
from storage.words import Wanted

VERSION = 1
META = "meta"
_LATEST = ReadConcern("local")


class MongoStorage(Storage):
    """One database of a MongoDB server or replica set, shared by any number of processes."""

    def __init__(self, url: str, *, driver: str = "motor") -> None:
        self._url = url
        self._driver = driver
        self._epoch = ""
        self._client: Client | None = None
        self._records: dict[str, Records] = {}
        self._open_entries: Entries | None = None

    @property
    def epoch(self) -> str:
        return self._epoch

    async def open(self, collections: Sequence[Collection], kinds: Sequence[Kind] = ()) -> None:
        if self._client is not None:
            return
        try:
            with translated():
                self._client = connect(self._url, self._driver)
                await self._prepare(database_of(self._client), collections, kinds)
        except Exception:
            await self.close()
            raise

    async def _prepare(self, database: Database, collections: Sequence[Collection], kinds: Sequence[Kind]) -> None:
        version = await _kept(database, "version", VERSION)
        if version > VERSION:
            raise Unavailable(f"the database is of version {version}, this program knows {VERSION}: run a newer one")
        self._epoch = await _kept(database, "epoch", secrets.token_hex(8))
        self._records = {collection.name: Records(collection, database, _LATEST) for collection in collections}
        if {NAME, META} & set(self._records):
            raise ValueError(f"{NAME!r} and {META!r} are the engine's own")
        for records in self._records.values():
            await records.prepare()
        entries = Entries(database, _LATEST, kinds)
        await entries.prepare()
        indexing: dict[str, Indexing] = {kind.name: (kind.search, partial(entries.index, kind.name)) for kind in kinds}
        indexing |= {one.name: (one.search, self._records[one.name].index) for one in collections if one.search}
        await keep_indexed(database[META], indexing)
        self._open_entries = entries

    async def close(self) -> None:
        client, self._client, self._open_entries = self._client, None, None
        if client is not None:
            await close(client)

    async def ping(self) -> None:
        if self._client is None:
            raise Unavailable("the database is not open")
        with translated():
            await self._client.admin.command("ping")

    async def insert(self, collection: str, record: Record) -> None:
        with translated():
            await self._of(collection).insert(record)

    async def get(self, collection: str, id: int | str) -> Record:
        with translated():
            return await self._of(collection).get(id)

    async def find(
        self,
        collection: str,
        where: Mapping[str, Any],
        *,
        order: str = "id",
        descending: bool = True,
        after: tuple[Any, int | str] | None = None,
        skip: int = 0,
        limit: int = 25,
    ) -> list[Record]:
        with translated():
            return await self._of(collection).find(where, order, descending, after, skip, limit)

    async def update(
        self, collection: str, id: int | str, changes: Mapping[str, Any], *, where: Mapping[str, Any] | None = None
    ) -> Record:
        with translated():
            return await self._of(collection).update(id, changes, where)

    async def delete(self, collection: str, id: int | str) -> bool:
        with translated():
            return await self._of(collection).delete(id)

    async def count(self, collection: str, where: Mapping[str, Any]) -> int:
        with translated():
            return await self._of(collection).count(where)

    async def append(self, draft: Draft, *, nonce: str | None = None) -> Entry:
        with translated():
            return await self._entries.append(draft, nonce)

    async def amend(
        self, entry: Entry, *, event: str, fields: dict[str, Any], marks: tuple[int, ...], nonce: str | None = None
    ) -> Entry:
        with translated():
            return await self._entries.amend(entry, event, fields, marks, nonce)

    async def entry(self, id: int) -> Entry:
        with translated():
            return await self._entries.get(id)

    async def keyed(self, stream: str, keys: Sequence[str]) -> dict[str, Entry]:
        with translated():
            return await self._entries.keyed(stream, keys)

    async def page(
        self, stream: str, kind: str, *, author: int | None = None, below: int | None = None, limit: int = 25
    ) -> list[Entry]:
        with translated():
            return await self._entries.page(stream, kind, author, below, limit)

    async def changes(self, stream: str, since: int, limit: int) -> list[Entry]:
        with translated():
            return await self._entries.changes(stream, since, limit)

    async def head(self, stream: str) -> int:
        with translated():
            return await self._entries.head(stream)

    async def marked(self, kind: str, mark: int, *, below: int | None = None, limit: int = 25) -> list[Entry]:
        with translated():
            return await self._entries.marked(kind, mark, below, limit)

    async def places(self, kind: str, mark: int, *, limit: int = 25) -> list[str]:
        with translated():
            return await self._entries.places(kind, mark, limit)

    async def tally(self, stream: str, kind: str) -> int:
        with translated():
            return await self._entries.tally(stream, kind)

    async def search(
        self, source: str, wanted: Wanted, scopes: Sequence[str], *, below: int | None = None, limit: int = 25
    ) -> list[int]:
        with translated():
            if source in self._records:
                return await self._of(source).search(wanted, scopes, below, limit)
            return await self._entries.search(source, wanted, scopes, below, limit)

    async def size(self) -> int:
        with translated():
            return await self._entries.size()

    async def survey(self) -> Survey:
        if self._client is None:
            raise Unavailable("the database is not open")
        with translated():
            taken = await database_of(self._client).command("dbStats")
            return Survey(await self._entries.kinds(), int(taken["storageSize"] + taken["indexSize"]))

    async def dump(self, after: int | None, limit: int) -> list[Stored]:
        with translated():
            return await self._entries.dump(after, limit)

    async def restore(self, copies: Sequence[Stored]) -> None:
        with translated():
            await self._entries.restore(copies)

    async def wipe(self) -> None:
        """Leave it to the server, which reuses the room in its own time."""

    @property
    def _entries(self) -> Entries:
        if self._open_entries is None:
            raise Unavailable("the database is not open")
        return self._open_entries

    def _of(self, collection: str) -> Records:
        if self._client is None:
            raise Unavailable("the database is not open")
        return self._records[collection]


async def _kept(database: Database, name: str, value: Any) -> Any:
    """Return what the database keeps under this name; whoever comes first decides on it."""
    try:
        await database[META].insert_one({"_id": name, "value": value})
    except DuplicateKeyError:
        found = await database[META].find_one({"_id": name})
        return found["value"] if found else value
    return value
