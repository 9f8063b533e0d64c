"""Searching in MongoDB: the words of a thing are an array in its own document, so they change when it does."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from storage.base import Searchable
from storage.mongo_driver import MOST, Document, Documents
from storage.words import VERSION, Wanted, checked_word

_PIECE = 500
_PREFIX = "search:"

Indexing = tuple[Searchable, Callable[[], Awaitable[None]]]
"""What is searched, and how all that is stored of it is given its words."""


def search_query(field: str, wanted: Wanted, below: int | None) -> Document:
    """Return the condition of having what is wanted among the words. Raises ValueError for what is no word."""
    conditions: list[Any] = [checked_word(word) for word in wanted.words]
    if wanted.begins:
        begins = checked_word(wanted.begins)
        conditions += [{"$regex": f"^{re.escape(begins)}."}, {"$ne": begins}]
    first, *others = conditions
    query: Document = {field: first} | ({"$and": [{field: other} for other in others]} if others else {})
    return query | ({} if below is None else {"_id": {"$lt": below}})


async def found_ids(documents: Documents, query: Document, limit: int) -> list[int]:
    """Return the ids of the documents, greatest first."""
    if limit <= 0:
        return []
    found = documents.find(query, {"_id": 1}, sort=[("_id", -1)], limit=limit if limit < MOST else 0)
    return [document["_id"] for document in (await found.to_list(None))[:limit]]


async def give_words(
    documents: Documents, field: str, words: Callable[[Document], set[str] | None], version: str
) -> None:
    """Write to each document the words that it is found by (None: leave it), unless it changes meanwhile."""
    query: Document = {}
    while piece := await documents.find(query, sort=[("_id", 1)], limit=_PIECE).to_list(None):
        for document in piece:
            found = words(document)
            if found is None or sorted(found) == document.get(field, []):
                continue
            change = {"$set": {field: sorted(found)}} if found else {"$unset": {field: ""}}
            # Who changed it meanwhile has given it its words.
            await documents.update_one({"_id": document["_id"], version: document[version]}, change)
        query = {"_id": {"$gt": piece[-1]["_id"]}}


async def keep_indexed(meta: Documents, indexing: dict[str, Indexing]) -> None:
    """Index what was stored before its search was declared as it is now; forget what is declared no longer."""
    for name in (await _kept(meta)).keys() - indexing.keys():
        await meta.delete_one({"_id": f"{_PREFIX}{name}"})
    for name in await unindexed(meta, {name: search for name, (search, _) in indexing.items()}):
        search, index = indexing[name]
        await index()
        await meta.replace_one({"_id": f"{_PREFIX}{name}"}, {"value": _declared(search)}, upsert=True)


async def unindexed(meta: Documents, searches: Mapping[str, Searchable]) -> list[str]:
    """Return the names of those whose search is declared otherwise than it was indexed."""
    there = await _kept(meta)
    return [name for name, search in searches.items() if there.get(name) != _declared(search)]


async def _kept(meta: Documents) -> dict[str, str]:
    known = await meta.find({"_id": {"$gte": _PREFIX, "$lt": "search;"}}).to_list(None)
    return {document["_id"].removeprefix(_PREFIX): document["value"] for document in known}


def _declared(search: Searchable) -> str:
    return orjson.dumps([VERSION, search.fields, search.unless]).decode()
