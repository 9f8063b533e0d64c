"""Records in MongoDB: one collection each, the record's fields as the document's own.

Three fields are ours: ``_version`` counts the changes, so that each is made to the state that it was decided on;
``_unique`` holds a text for each unique index, because MongoDB's own counts absent and null as values; ``_words`` is
what a searchable record is found by.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from storage.base import Collection, Duplicate, Missing, Record, Stale
from storage.mongo_driver import MOST, Database, Document, Documents, add_indexes, is_duplicate
from storage.mongo_keys import pack, pack_key, unpack, unpack_key
from storage.mongo_search import found_ids, give_words, search_query
from storage.words import Wanted

_UNDERSCORE = "%5F"


class Records:
    """One declared collection."""

    def __init__(self, collection: Collection, database: Database, latest: Any) -> None:
        self._collection = collection
        self._committed: Documents = database.get_collection(collection.name)
        # A change is decided on the latest state, also where a majority does not have it yet.
        self._latest: Documents = database.get_collection(collection.name, read_concern=latest)

    async def prepare(self) -> None:
        """Make the indexes that are declared."""
        await add_indexes(self._committed, indexes_of(self._collection))

    async def insert(self, record: Record) -> None:
        """Store a new record. Raises Duplicate."""
        document = self._document(record, 1)
        try:
            await self._committed.insert_one(document)
        except PyMongoError as error:
            raise await self._refusal(error, document, new=True) from error

    async def get(self, id: int | str) -> Record:
        """Return the record. Raises Missing."""
        document = await self._committed.find_one({"_id": {"$eq": id}})
        if document is None:
            raise Missing(self._collection.name, id)
        return _record(document)

    async def find(
        self,
        where: Mapping[str, Any],
        order: str,
        descending: bool,
        after: tuple[Any, int | str] | None,
        skip: int,
        limit: int,
    ) -> list[Record]:
        """Return the records that equal ``where``, in order."""
        self._collection.check(where, order)
        if limit <= 0 or skip >= 2**31:
            return []
        way, beyond = (-1, "$lt") if descending else (1, "$gt")
        query = _equal(where)
        if after is not None:
            query |= _beyond(order, beyond, *after)
        sort = [("_id", way)] if order == "id" else [(order, way), ("_id", way)]
        found = self._committed.find(query, sort=sort, skip=skip, limit=limit if limit < MOST else 0)
        return [_record(document) for document in (await found.to_list(None))[:limit]]

    async def count(self, where: Mapping[str, Any]) -> int:
        """How many records equal ``where``."""
        self._collection.check(where, "id")
        if not where:
            return await self._committed.count_documents({}, hint="_id_")
        return await self._committed.count_documents(_equal(where))

    async def update(self, id: int | str, changes: Mapping[str, Any], where: Mapping[str, Any] | None) -> Record:
        """Replace fields of a record. Raises Missing, Stale, Duplicate."""
        while True:
            now = await self._latest.find_one({"_id": {"$eq": id}})
            if now is None:
                raise Missing(self._collection.name, id)
            record = _record(now)
            if where is not None and any(record.get(field) != value for field, value in where.items()):
                raise Stale(self._collection.name, id)
            record = {**record, **changes, "id": id}
            if await self._replace(now, self._document(record, now["_version"] + 1)):
                return record

    async def delete(self, id: int | str) -> bool:
        """Remove a record; says whether there was one."""
        return (await self._committed.delete_one({"_id": {"$eq": id}})).deleted_count > 0

    async def search(self, wanted: Wanted, scopes: Sequence[str], below: int | None, limit: int) -> list[int]:
        """Return the ids of what is wanted, greatest first."""
        query = search_query("_words", wanted, below)
        return await found_ids(self._committed, query, limit) if self._collection.name in scopes else []

    async def index(self) -> None:
        """Give every record the words that it is found by."""
        await give_words(self._latest, "_words", lambda document: self._words(_record(document)), "_version")

    def _words(self, record: Record) -> set[str]:
        return self._collection.search.words(record) if self._collection.search else set()

    async def _replace(self, now: Document, document: Document) -> bool:
        """Put the document in the place of ``now``; says whether that was still the latest."""
        try:
            replaced = await self._committed.replace_one({"_id": now["_id"], "_version": now["_version"]}, document)
        except PyMongoError as error:
            raise await self._refusal(error, document, new=False) from error
        return replaced.matched_count == 1

    async def _refusal(self, error: PyMongoError, document: Document, *, new: bool) -> Exception:
        """Return Duplicate with the fields of the index that refused the document, or the error if none did."""
        if not is_duplicate(error):
            return error
        for index in self._collection.unique:
            holder = await self._latest.find_one({f"_unique.{_name(index)}": document["_unique"][_name(index)]})
            if holder is not None and holder["_id"] != document["_id"]:
                return Duplicate(index)
        return Duplicate(("id",)) if new else error

    def _document(self, record: Record, version: int) -> Document:
        document: Document = {"_id": record["id"]}
        document |= {_field(name): pack(value) for name, value in record.items() if name != "id"}
        document["_version"] = version
        document["_unique"] = {_name(index): _value(record, index) for index in self._collection.unique}
        words = sorted(self._words(record))
        return document | ({"_words": words} if words else {})


def indexes_of(collection: Collection) -> list[IndexModel]:
    """Return the indexes that a declared collection needs."""
    lookups = {*collection.indexes, *collection.unique}
    indexes = [
        IndexModel([*((field, 1) for field in index), ("_id", 1)], name=f"i_{'_'.join(index)}")
        for index in sorted(lookups)
    ]
    indexes += [
        IndexModel([(f"_unique.{_name(index)}", 1)], name=f"u_{_name(index)}", unique=True)
        for index in collection.unique
    ]
    if collection.search:
        indexes.append(IndexModel([("_words", 1), ("_id", 1)], name="words"))
    return indexes


def _name(index: tuple[str, ...]) -> str:
    return "_".join(index)


def _value(record: Record, index: tuple[str, ...]) -> str:
    """Return what is unique: the fields' values, or, where one is absent or null, the record's own id."""
    values = [record.get(field) for field in index]
    return orjson.dumps(record["id"] if None in values else values).decode()


def _field(name: str) -> str:
    """Return the name that the record's field has in the document, never one of ours."""
    packed = pack_key(name)
    return _UNDERSCORE + packed[1:] if packed.startswith("_") else packed


def _plain(field: str) -> str:
    return "_" + unpack_key(field.removeprefix(_UNDERSCORE)) if field.startswith(_UNDERSCORE) else unpack_key(field)


def _record(document: Document) -> Record:
    fields = {_plain(field): unpack(value) for field, value in document.items() if not field.startswith("_")}
    return {"id": document["_id"], **fields}


def _equal(where: Mapping[str, Any]) -> Document:
    return {"_id" if field == "id" else field: {"$eq": value} for field, value in where.items()}


def _beyond(order: str, beyond: str, value: Any, id: int | str) -> Document:
    """Return the condition of a later page: one range of the index, in which ties before the id are left out."""
    if order == "id":
        return {"_id": {beyond: id}}
    return {order: {f"{beyond}e": value}, "$or": [{order: {beyond: value}}, {"_id": {beyond: id}}]}
