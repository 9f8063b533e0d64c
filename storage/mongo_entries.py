"""Entries in MongoDB: one document each, and a unique index on (stream, rev) by which every number is taken once.

A change reads the stream's latest number and takes the next; who is late finds it taken and tries again. So numbers are
dense and N + 1 is never there before N, however many processes write. The index also orders retries: a second change
with the same nonce either finds the first or collides with its number and looks again.

An entry that changes again leaves the number that it had, which is then free for somebody who is far behind: whoever
has written looks whether the number was left before, and if so moves on to the next before anybody is told of it.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymongo import IndexModel, ReturnDocument
from pymongo.errors import PyMongoError

from storage.base import Draft, Duplicate, Entry, Kind, Missing, Repeated, Stale, Stored, Unavailable
from storage.mongo_driver import MOST, Database, Document, Documents, add_indexes, is_duplicate
from storage.mongo_keys import pack, unpack
from storage.mongo_search import found_ids, give_words, search_query
from storage.words import Wanted

NAME = "entries"
_LOCKS = 1024
_REMEMBERED = 10_000
INDEXES = (
    IndexModel([("stream", 1), ("rev", 1)], name="rev", unique=True),
    IndexModel([("stream", 1), ("kind", 1), ("ordinal", 1)], name="ordinal", unique=True),
    IndexModel([("stream", 1), ("slot", 1)], name="slot", unique=True),
    IndexModel([("stream", 1), ("kind", 1), ("author", 1), ("ordinal", 1)], name="author"),
    IndexModel([("kind", 1), ("marks", 1), ("_id", 1)], name="mark"),
    IndexModel([("stream", 1), ("kind", 1), ("marked", 1)], name="tally"),
    IndexModel([("nonces", 1)], name="nonce", sparse=True),
    IndexModel([("stream", 1), ("left", 1)], name="left"),
    IndexModel([("kind", 1), ("stream", 1), ("words", 1), ("_id", 1)], name="words"),
)
_SOMETIMES = ("marks", "marked", "words")
_CHANGING = ("rev", "event", "fields", *_SOMETIMES)


class Entries:
    """The streams' entries."""

    def __init__(self, database: Database, latest: Any, kinds: Sequence[Kind]) -> None:
        self._searchable = {kind.name: kind.search for kind in kinds}
        self._committed: Documents = database.get_collection(NAME)
        # Numbers are taken after the latest one, also where a majority does not have it yet.
        self._latest: Documents = database.get_collection(NAME, read_concern=latest)
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]
        self._revs: dict[str, int] = {}
        self._ordinals: dict[tuple[str, str], int] = {}
        self._shared: set[str] = set()

    async def prepare(self) -> None:
        """Make the indexes."""
        await add_indexes(self._committed, INDEXES)

    async def append(self, draft: Draft, nonce: str | None) -> Entry:
        """Store the draft at the next number of its stream."""
        id, stream, kind, event, author, fields, key, marks = draft
        async with self._turn(stream):
            while True:
                rev = await self._next_rev(stream)
                ordinal = await self._next_ordinal(stream, kind)
                await self._refuse_repeated(nonce)
                entry = Entry(id, stream, rev, rev, ordinal, kind, event, author, key, fields, tuple(sorted(marks)))
                if await self._insert(entry, nonce):
                    return await self._settle(entry)

    async def amend(
        self, entry: Entry, event: str, fields: dict[str, Any], marks: tuple[int, ...], nonce: str | None
    ) -> Entry:
        """Replace what the entry holds, at the next number of its stream."""
        async with self._turn(entry.stream):
            while True:
                rev = await self._next_rev(entry.stream)
                if rev <= entry.rev:
                    # Others wrote it: under its own number again it would look unchanged, and could be changed twice.
                    self._forget(entry.stream)
                    continue
                await self._refuse_repeated(nonce)
                changed = entry._replace(rev=rev, event=event, fields=fields, marks=tuple(sorted(marks)))
                made = await self._update(entry, changed, nonce)
                if made is not None:
                    return await self._settle(made)

    async def get(self, id: int) -> Entry:
        """Return the entry. Raises Missing."""
        document = await self._committed.find_one({"_id": id})
        if document is None:
            raise Missing(id)
        return _entry(document)

    async def keyed(self, stream: str, keys: Sequence[str]) -> dict[str, Entry]:
        """Return the entries that have these keys."""
        found = await self._find({"stream": stream, "slot": {"$in": [f"={key}" for key in keys]}}, [], MOST)
        return {str(entry.key): entry for entry in found}

    async def page(self, stream: str, kind: str, author: int | None, below: int | None, limit: int) -> list[Entry]:
        """Return a page of entries, newest first."""
        query: Document = {"stream": stream, "kind": kind}
        query |= {} if author is None else {"author": author}
        query |= {} if below is None else {"ordinal": {"$lt": below}}
        return await self._find(query, [("ordinal", -1)], limit)

    async def changes(self, stream: str, since: int, limit: int) -> list[Entry]:
        """Return what changed after a number, in the order of the changes."""
        found = await self._find({"stream": stream, "rev": {"$gt": since}}, [("rev", 1)], limit)
        # An entry that changed while it was read may be met twice: the later state counts.
        latest = {entry.id: entry for entry in found}
        return [entry for entry in found if latest[entry.id] is entry]

    async def head(self, stream: str) -> int:
        """Return the latest number of the stream."""
        return await _greatest(self._committed, {"stream": stream}, "rev")

    async def marked(self, kind: str, mark: int, below: int | None, limit: int) -> list[Entry]:
        """Return the entries that have the mark, greatest id first."""
        query: Document = {"kind": kind, "marks": mark} | ({} if below is None else {"_id": {"$lt": below}})
        return await self._find(query, [("_id", -1)], limit)

    async def places(self, kind: str, mark: int, limit: int) -> list[str]:
        """Return the streams of the entries that have the mark, greatest id first."""
        query, most = {"kind": kind, "marks": mark}, limit if limit < MOST else 0
        found = self._committed.find(query, {"stream": 1}, sort=[("_id", -1)], limit=most)
        return [document["stream"] for document in await found.to_list(None)]

    async def tally(self, stream: str, kind: str) -> int:
        """How many entries have marks."""
        return await self._committed.count_documents({"stream": stream, "kind": kind, "marked": True})

    async def search(
        self, kind: str, wanted: Wanted, scopes: Sequence[str], below: int | None, limit: int
    ) -> list[int]:
        """Return the ids of what is wanted, greatest first."""
        query = {"kind": kind, "stream": {"$in": list(scopes)}} | search_query("words", wanted, below)
        return await found_ids(self._committed, query, limit) if scopes else []

    async def index(self, kind: str) -> None:
        """Give every entry of the kind the words that it is found by."""

        def words(document: Document) -> set[str] | None:
            return self._searchable[kind].words(unpack(document["fields"])) if document["kind"] == kind else None

        await give_words(self._latest, "words", words, "rev")

    async def size(self) -> int:
        """How many entries there are."""
        return await self._committed.estimated_document_count()

    async def kinds(self) -> dict[str, int]:
        """How many entries of each kind there are."""
        grouped = self._committed.aggregate([{"$group": {"_id": "$kind", "count": {"$sum": 1}}}])
        found = await grouped if inspect.isawaitable(grouped) else grouped
        return {one["_id"]: one["count"] for one in await found.to_list(None)}

    async def dump(self, after: int | None, limit: int) -> list[Stored]:
        """Return entries with their nonces, in the order of their ids."""
        query: Document = {} if after is None else {"_id": {"$gt": after}}
        found = await self._committed.find(query, sort=[("_id", 1)], limit=limit).to_list(None)
        return [Stored(_entry(document), tuple(sorted(document.get("nonces", ())))) for document in found]

    async def restore(self, copies: Sequence[Stored]) -> None:
        """Store those entries whose ids are not there."""
        for stream in {copy.entry.stream for copy in copies}:
            self._forget(stream)
        ids = [copy.entry.id for copy in copies]
        there = {found["_id"] async for found in self._latest.find({"_id": {"$in": ids}}, {"_id": 1})}
        documents = [
            self._document(entry) | ({"nonces": list(nonces)} if nonces else {})
            for entry, nonces in copies
            if entry.id not in there
        ]
        await self._refuse_used([nonce for document in documents for nonce in document.get("nonces", ())])
        try:
            if documents:
                await self._committed.insert_many(documents)
        except PyMongoError as error:
            raise Duplicate(str(error)[:300]) if is_duplicate(error) else error from error

    async def _refuse_used(self, nonces: list[str]) -> None:
        if nonces and await self._latest.find_one({"nonces": {"$in": nonces}}, {"_id": 1}):
            raise Duplicate(("nonce",))

    async def _find(self, query: Document, sort: list[tuple[str, int]], limit: int) -> list[Entry]:
        if limit <= 0:
            return []
        found = self._committed.find(query, sort=sort or None, limit=limit if limit < MOST else 0)
        return [_entry(document) for document in (await found.to_list(None))[:limit]]

    @asynccontextmanager
    async def _turn(self, stream: str) -> AsyncIterator[None]:
        """Let one change of a stream at a time try from here; what is known of its numbers is dropped if it fails."""
        async with self._locks[hash(stream) % _LOCKS]:
            try:
                yield
            except BaseException:
                self._forget(stream)
                raise

    async def _next_rev(self, stream: str) -> int:
        known = self._revs.get(stream)
        if known is not None and stream not in self._shared:
            return known + 1
        rev = await _greatest(self._latest, {"stream": stream}, "rev")
        if rev == known:
            self._shared.discard(stream)
        return rev + 1

    async def _next_ordinal(self, stream: str, kind: str) -> int:
        known = self._ordinals.get((stream, kind))
        if known is not None and stream not in self._shared:
            return known + 1
        return await _greatest(self._latest, {"stream": stream, "kind": kind}, "ordinal") + 1

    async def _refuse_repeated(self, nonce: str | None) -> None:
        """Raise Repeated if the nonce was used. Looked up after the stream's number was read, see above."""
        if nonce is None:
            return
        first = await self._latest.find_one({"nonces": nonce}, {"_id": 1})
        if first is None:
            return
        done = await self._committed.find_one({"_id": first["_id"]})
        if done is None or nonce not in done["nonces"]:
            raise Unavailable("the first change with this nonce is not known to a majority yet")
        # Whoever made it may have died before it had a number of its own.
        raise Repeated(await self._settle(_entry(done)))

    async def _settle(self, entry: Entry) -> Entry:
        """Move the entry to the next number if another had its number before: who knows of that one has passed by."""
        while await self._latest.find_one({"stream": entry.stream, "left": entry.rev}, {"_id": 1}):
            self._forget(entry.stream)
            rev = await self._next_rev(entry.stream)
            moved = {"rev": rev, "seq": rev if entry.seq == entry.rev else entry.seq}
            try:
                made = await self._committed.find_one_and_update(
                    {"_id": entry.id, "rev": entry.rev}, {"$set": moved}, return_document=ReturnDocument.AFTER
                )
            except PyMongoError as error:
                if not is_duplicate(error):
                    raise
                continue
            if made is None:
                return entry  # it has changed, and so has a later number already
            entry = _entry(made)
            self._revs[entry.stream] = rev
        return entry

    async def _insert(self, entry: Entry, nonce: str | None) -> bool:
        """Store the entry; says whether its number was still free. Raises Duplicate."""
        document = self._document(entry) | ({} if nonce is None else {"nonces": [nonce]})
        try:
            await self._committed.insert_one(document)
        except PyMongoError as error:
            if not is_duplicate(error):
                raise
            await self._refuse_taken(entry)
            self._forget(entry.stream)
            return False
        self._took(entry)
        return True

    async def _update(self, entry: Entry, changed: Entry, nonce: str | None) -> Entry | None:
        """Put ``changed`` in the place of ``entry``, or return None if its number is taken. Raises Stale, Missing."""
        document = self._document(changed)
        change: Document = {"$set": {name: document[name] for name in _CHANGING if name in document}}
        gone = [name for name in _SOMETIMES if name not in document]
        change |= {"$unset": dict.fromkeys(gone, "")} if gone else {}
        change["$push"] = {"left": entry.rev} | ({} if nonce is None else {"nonces": nonce})
        try:
            made = await self._committed.find_one_and_update(
                {"_id": entry.id, "rev": entry.rev}, change, return_document=ReturnDocument.AFTER
            )
        except PyMongoError as error:
            if not is_duplicate(error):
                raise
            self._forget(entry.stream)
            return None
        if made is None:
            raise Stale(entry.id) if await self._latest.find_one({"_id": entry.id}, {"_id": 1}) else Missing(entry.id)
        self._revs[entry.stream] = changed.rev
        return _entry(made)

    async def _refuse_taken(self, entry: Entry) -> None:
        if await self._latest.find_one({"_id": entry.id}, {"_id": 1}):
            raise Duplicate(("id",))
        if await self._latest.find_one({"stream": entry.stream, "slot": _slot(entry)}, {"_id": 1}):
            raise Duplicate(("stream", "key"))

    def _document(self, entry: Entry) -> Document:
        document = _document(entry)
        search = self._searchable.get(entry.kind)
        words = sorted(search.words(entry.fields)) if search else []
        return document | ({"words": words} if words else {})

    def _took(self, entry: Entry) -> None:
        if len(self._revs) >= _REMEMBERED:
            self._revs.clear()
            self._ordinals.clear()
            self._shared.clear()
        self._revs[entry.stream] = entry.rev
        self._ordinals[entry.stream, entry.kind] = entry.ordinal

    def _forget(self, stream: str) -> None:
        """Others write to the stream too, or nobody knows what became of a change: read its numbers anew.

        They are read before each change then, until one finds that nobody else wrote since: that costs less than
        finding a number taken.
        """
        self._shared.add(stream)
        self._revs.pop(stream, None)
        for known in [known for known in self._ordinals if known[0] == stream]:
            del self._ordinals[known]


async def _greatest(entries: Documents, query: Document, field: str) -> int:
    last = await entries.find_one(query, {"_id": 0, field: 1}, sort=[(field, -1)])
    return int(last[field]) if last else 0


def _slot(entry: Entry) -> str:
    """Return what is unique in the stream: the entry's key, or its id where it has none."""
    return f"#{entry.id}" if entry.key is None else f"={entry.key}"


def _document(entry: Entry) -> Document:
    document = entry._asdict()
    document["_id"] = document.pop("id")
    document["slot"] = _slot(entry)
    document["fields"] = pack(entry.fields)
    document["marks"] = list(entry.marks)
    del document["key"]
    if entry.marks:
        document["marked"] = True
    else:
        del document["marks"]
    return document


def _entry(document: Document) -> Entry:
    slot: str = document["slot"]
    return Entry(
        document["_id"],
        document["stream"],
        document["seq"],
        document["rev"],
        document["ordinal"],
        document["kind"],
        document["event"],
        document["author"],
        slot[1:] if slot.startswith("=") else None,
        unpack(document["fields"]),
        tuple(document.get("marks", ())),
    )
