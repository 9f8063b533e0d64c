"""What a storage engine promises: records in collections, numbered entries in streams.

Engines hold bytes and order, nothing else: no rule, no default, no clock, no id maker, no knowledge of people.
Values are JSON (objects, arrays without arrays in them, strings, integers below 2**63, floats, booleans, null); times
are integers of Unix milliseconds. A value is never an operator and a field name never comes from a request.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from storage.words import Wanted, words_of

Record = dict[str, Any]
"""One thing of a collection: a JSON object whose ``id`` is an integer or a string, unique in the collection."""


class StorageError(Exception):
    """What every engine may raise; services turn each kind into a code."""


class Missing(StorageError):
    """There is no such record or entry."""


class Duplicate(StorageError):
    """A unique index already holds this value; ``args[0]`` is the tuple of its field names."""


class Stale(StorageError):
    """The thing changed since it was read: read it again and decide anew."""


class Unavailable(StorageError):
    """The engine can't be reached or can't write now; nothing was changed."""


class Repeated(StorageError):
    """This nonce was used before; ``entry`` is what its change made, as it is now."""

    def __init__(self, entry: "Entry") -> None:
        super().__init__(entry.id)
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Searchable:
    """What `Storage.search` finds things by: the words of these text fields, together.

    A thing in which any field of ``unless`` is true is not found.
    """

    fields: tuple[str, ...]
    unless: tuple[str, ...] = ()

    @property
    def watches(self) -> frozenset[str]:
        """The fields whose change may change what finds the thing."""
        return frozenset(self.fields + self.unless)

    def words(self, fields: Mapping[str, Any]) -> set[str]:
        """Return the words that a thing of these fields is found by."""
        if any(fields.get(name) for name in self.unless):
            return set()
        texts = [fields.get(name) for name in self.fields]
        return {word for text in texts if isinstance(text, str) for word in words_of(text)}


@dataclass(frozen=True, slots=True)
class Collection:
    """A declared collection: its name, the field tuples that are looked up, and those that are unique.

    A unique index ignores records in which any of its fields is absent or null. What is searchable has integer ids.
    """

    name: str
    indexes: tuple[tuple[str, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    search: Searchable | None = None

    def check(self, where: Mapping[str, Any], order: str) -> None:
        """Raise ValueError unless an index is declared that finds these fields in this order."""
        wanted = set(where) | ({order} - {"id"})
        indexes = [*self.indexes, *self.unique]
        if wanted and not any(set(index) == wanted and (order == "id" or index[-1] == order) for index in indexes):
            raise ValueError(f"{self.name} declares no index of {sorted(wanted)} in the order of {order!r}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A declared kind of entries that are searched; its name is no collection's."""

    name: str
    search: Searchable


class Draft(NamedTuple):
    """An entry before the engine gives it its numbers."""

    id: int
    stream: str
    kind: str
    event: str
    author: int
    fields: dict[str, Any]
    key: str | None = None
    marks: tuple[int, ...] = ()


class Entry(NamedTuple):
    """One entry of a stream (design §3).

    ``seq`` is the number that its creation took and ``rev`` the number of its latest change, named by ``event``.
    ``ordinal`` counts the entries of this ``kind`` in the stream from 1, densely. ``key`` is unique in the stream.
    ``marks`` are integers that `Storage.marked` finds it by, in ascending order.
    """

    id: int
    stream: str
    seq: int
    rev: int
    ordinal: int
    kind: str
    event: str
    author: int
    key: str | None
    fields: dict[str, Any]
    marks: tuple[int, ...]


class Stored(NamedTuple):
    """An entry as it is copied from one database into another, with the nonces of its changes."""

    entry: Entry
    nonces: tuple[str, ...]


class Survey(NamedTuple):
    """How many entries of each kind there are, and how many bytes the database takes on its disk."""

    kinds: dict[str, int]
    bytes: int


class Storage(ABC):
    """Twenty-six promises that every engine keeps; ``tests/contract`` holds each of them."""

    @property
    @abstractmethod
    def epoch(self) -> str:
        """A text made anew whenever the database is created or restored; known once it is open."""

    @property
    def waiting(self) -> int:
        """How many writes of this process wait to be committed; 0 where the database alone knows."""
        return 0

    @abstractmethod
    async def open(self, collections: Sequence[Collection], kinds: Sequence[Kind] = ()) -> None:
        """Connect, create what is missing, index what is declared, also what was stored before. Raises Unavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Finish the writes under way and let go of everything; closing twice is harmless."""

    @abstractmethod
    async def ping(self) -> None:
        """Return once the engine has answered. Raises Unavailable."""

    # records

    @abstractmethod
    async def insert(self, collection: str, record: Record) -> None:
        """Store a new record durably. Raises Duplicate."""

    @abstractmethod
    async def get(self, collection: str, id: int | str) -> Record:
        """Return the record. The ids 1 and "1" are different. Raises Missing."""

    @abstractmethod
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
        """Return the records whose fields equal ``where``, in the order of (``order``, ``id``).

        ``where`` and ``order`` together name a declared index (or, when ``order`` is ``id``, ``where`` does). A null in
        ``where`` equals null and absent. ``after`` is the (order value, id) of the last record of the page before.
        Strings are ordered by code point.
        """

    @abstractmethod
    async def update(
        self, collection: str, id: int | str, changes: Mapping[str, Any], *, where: Mapping[str, Any] | None = None
    ) -> Record:
        """Replace these top-level fields at once and return the record; a null is stored as null.

        Raises Missing, Duplicate, and Stale when the record does not equal ``where`` at that moment.
        """

    @abstractmethod
    async def delete(self, collection: str, id: int | str) -> bool:
        """Remove the record; says whether there was one."""

    @abstractmethod
    async def count(self, collection: str, where: Mapping[str, Any]) -> int:
        """How many records equal ``where``, which names a declared index."""

    # streams

    @abstractmethod
    async def append(self, draft: Draft, *, nonce: str | None = None) -> Entry:
        """Store the entry at the stream's next number in one atomic, durable write.

        Numbers are dense from 1 and become visible in order. Calls that were answered in an order were numbered in it.
        Raises Repeated when the nonce was used by any change, Duplicate ``("id",)`` or ``("stream", "key")``.
        """

    @abstractmethod
    async def amend(
        self, entry: Entry, *, event: str, fields: dict[str, Any], marks: tuple[int, ...], nonce: str | None = None
    ) -> Entry:
        """Replace the fields and marks of ``entry``, taking the stream's next number, in one atomic, durable write.

        Raises Stale when ``entry.rev`` is no longer its latest, Missing, Repeated as `append` does.
        """

    @abstractmethod
    async def entry(self, id: int) -> Entry:
        """Return the entry of any stream. Raises Missing."""

    @abstractmethod
    async def keyed(self, stream: str, keys: Sequence[str]) -> dict[str, Entry]:
        """Return the entries of the stream that have one of these keys, by key; absent ones are left out."""

    @abstractmethod
    async def page(
        self, stream: str, kind: str, *, author: int | None = None, below: int | None = None, limit: int = 25
    ) -> list[Entry]:
        """Return the entries of this kind with ``ordinal < below`` (or the latest ones), newest first.

        With ``author`` only that author's; as fast, by an index of its own.
        """

    @abstractmethod
    async def changes(self, stream: str, since: int, limit: int) -> list[Entry]:
        """Return the latest state of every entry with ``rev > since``, ordered by ``rev``, as of one moment."""

    @abstractmethod
    async def head(self, stream: str) -> int:
        """The latest number of the stream; 0 when nothing was appended."""

    @abstractmethod
    async def marked(self, kind: str, mark: int, *, below: int | None = None, limit: int = 25) -> list[Entry]:
        """Return the entries of any stream, of this kind, that have the mark and ``id < below``, greatest id first."""

    @abstractmethod
    async def places(self, kind: str, mark: int, *, limit: int = 25) -> list[str]:
        """Return the streams of the entries that `marked` returns; what they hold is not read."""

    @abstractmethod
    async def tally(self, stream: str, kind: str) -> int:
        """How many entries of this kind in the stream have at least one mark."""

    # both

    @abstractmethod
    async def search(
        self, source: str, wanted: Wanted, scopes: Sequence[str], *, below: int | None = None, limit: int = 25
    ) -> list[int]:
        """Return the ids below ``below`` of what is wanted, greatest first, as all that was answered before left it.

        ``source`` is a searchable kind or collection, ``scopes`` the streams to look in; a record's is its collection's
        name. Nothing outside the scopes costs time or is counted. Words are those of `storage.words`.
        Raises Unavailable when too many search, or when it would take longer than seconds.
        """

    @abstractmethod
    async def wipe(self) -> None:
        """Overwrite what files still hold of the words of what was deleted or changed, as far as the engine can.

        It may take long, holds nobody up, and may be cut off and called again.
        """

    # copying a whole database

    @abstractmethod
    async def size(self) -> int:
        """How many entries there are in all streams; an engine of many processes may be off by what is under way."""

    @abstractmethod
    async def survey(self) -> Survey:
        """Return how much there is; it reads everything, which is for an operator who asks, not for a server."""

    @abstractmethod
    async def dump(self, after: int | None, limit: int) -> list[Stored]:
        """Return the entries of all streams with ``id > after`` (None: from the first), in the order of their ids."""

    @abstractmethod
    async def restore(self, copies: Sequence[Stored]) -> None:
        """Store entries with the numbers and nonces that they have; those whose id is there stay as they are.

        Cut off in the middle it may have stored some of them, each whole. Raises Duplicate for a number or nonce that
        another entry has. A stream is in order once all that a dump gave of it is restored.
        """
