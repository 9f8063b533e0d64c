"""The gate: commit an entry, then publish it; nothing is stored in a stream without being pushed (design §3)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from chatsrv.clock import IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.security import digest
from storage.base import Draft, Duplicate, Entry, Repeated, Stale, Storage

_LOCKS = 256
_ATTEMPTS = 100
_NEXT = 25
_PART = 16


class Event(NamedTuple):
    """What is pushed: ``seq`` is the number that the change took, None for what is ephemeral."""

    stream: str
    name: str
    seq: int | None
    thing: Any


class Lost(NamedTuple):
    """More was missed than is replayed: the stream must be read anew; its latest number is ``head``."""

    head: int


class Admit(NamedTuple):
    """From now on this person's connections hear the stream, with all that it brought after the number ``since``."""

    person: int
    stream: str
    since: int


class Expel(NamedTuple):
    """From now on this person's connections no longer hear the stream."""

    person: int
    stream: str


class Revoke(NamedTuple):
    """The session has ended (all of the person's when it is None): its connections are closed."""

    person: int
    session: str | None


class Reached(NamedTuple):
    """The stream has come to this number, of which nobody may have been told."""

    stream: str
    head: int


Signal = Event | Admit | Expel | Revoke | Reached
Publish = Callable[[Signal], None]
"""Takes a signal to every process; returns at once and never raises."""

View = Callable[[Entry], Any]
"""Shows an entry as the thing that its event carries."""

Present = Callable[[Sequence[Entry], int], Awaitable[list[Any]]]
"""Shows entries of one kind as this person (id) sees them, in the same order."""


class Change(NamedTuple):
    """What an entry shall become, and the event that says so."""

    event: str
    fields: dict[str, Any]
    marks: tuple[int, ...]


class Replay(NamedTuple):
    """What a client missed of one stream: all of it up to ``head``, or nothing (``recovered`` is False)."""

    recovered: bool
    head: int
    events: list[Event]


class Upcoming(NamedTuple):
    """The next change for somebody who takes one at a time, and the id of its entry."""

    id: int
    event: Event


class Missed(NamedTuple):
    """Whether what a client missed can be told; up to ``head`` by now, and at ``most`` so many changes."""

    recovered: bool
    head: int
    most: int


class Part(NamedTuple):
    """Some of what a client missed, up to ``head``; the last part of it, or not."""

    entries: list[Entry]
    head: int
    last: bool


class _Kind(NamedTuple):
    birth: str
    ends: frozenset[str]
    present: Present


class Streams:
    """Every change of every stream goes through here."""

    def __init__(self, storage: Storage, publish: Publish, ids: IdMaker, *, resume_changes: int) -> None:
        self._storage = storage
        self._publish = publish
        self._ids = ids
        self._resume_changes = resume_changes
        self._in_flight: set[str] = set()
        self._locks = [asyncio.Lock() for _ in range(_LOCKS)]
        self._kinds: dict[str, _Kind] = {}

    @property
    def epoch(self) -> str:
        """Differs whenever numbers may have run backwards."""
        return self._storage.epoch

    def register(self, kind: str, birth: str, present: Present, *, ends: frozenset[str] = frozenset()) -> None:
        """Say which event announces a new entry of this kind, which events end it, and how its entries are shown."""
        self._kinds[kind] = _Kind(birth, ends, present)

    def tell(self, signal: Signal) -> None:
        """Publish what is not stored: an ephemeral event, or who hears what."""
        self._publish(signal)

    async def append(
        self,
        stream: str,
        kind: str,
        *,
        author: int,
        fields: dict[str, Any],
        view: View,
        key: str | None = None,
        marks: tuple[int, ...] = (),
        nonce: str | None = None,
        id: int | None = None,
    ) -> Entry:
        """Commit a new entry, publish it, return it. Its id is the one given, unless that is taken.

        With a nonce that the author used before, return what that made, and publish only that it is there.
        Raises Duplicate for a taken key, Problem NONCE_IN_FLIGHT or NONCE_REUSED.
        """
        nonce = _stored(author, nonce)
        with self._only_once(nonce):
            while True:
                draft = Draft(id or self._ids(), stream, kind, self._kinds[kind].birth, author, fields, key, marks)
                try:
                    entry = await self._storage.append(draft, nonce=nonce)
                except Repeated as repeated:
                    return self._again(_same(repeated.entry, stream, kind))
                except Duplicate as duplicate:
                    if duplicate.args[0] != ("id",):
                        raise
                    id = None
                    continue  # another process made the same id in the same millisecond
                # No await between the commit and this line: what one process commits in order, it publishes in order.
                self._publish(Event(stream, entry.event, entry.rev, view(entry)))
                return entry

    async def change(
        self,
        entry: Entry,
        decide: Callable[[Entry], Change | None],
        *,
        author: int,
        view: View,
        nonce: str | None = None,
    ) -> Entry:
        """Decide what the latest state of ``entry`` shall become, commit it, publish it, return it.

        ``decide`` may be asked again when others change the entry meanwhile; its None leaves the entry as it is.
        Raises what ``decide`` raises, Problem NONCE_IN_FLIGHT, NONCE_REUSED or TOO_BUSY.
        """
        nonce = _stored(author, nonce)
        with self._only_once(nonce):
            async with self._locks[entry.id % _LOCKS]:
                entry = await self._storage.entry(entry.id)
                for _ in range(_ATTEMPTS):
                    change = decide(entry)
                    if change is None:
                        return self._again(entry)
                    try:
                        changed = await self._storage.amend(entry, **change._asdict(), nonce=nonce)
                    except Repeated as repeated:
                        return self._again(_same(repeated.entry, entry.stream, entry.kind))
                    except Stale:
                        entry = await self._storage.entry(entry.id)
                        continue
                    self._publish(Event(changed.stream, changed.event, changed.rev, view(changed)))
                    return changed
        raise Problem(Code.TOO_BUSY)

    async def head(self, stream: str) -> int:
        """The latest number of the stream."""
        return await self._storage.head(stream)

    async def replay(self, stream: str, since: int, person: int) -> Replay:
        """Return all changes after ``since`` as this person sees them, or none when there are too many of them."""
        missed = await self.missed(stream, since)
        if not missed.recovered:
            return Replay(False, missed.head, [])
        entries = await self._storage.changes(stream, since, self._resume_changes + 1)
        if len(entries) > self._resume_changes:
            return Replay(False, await self._storage.head(stream), [])
        return Replay(True, entries[-1].rev if entries else since, await self.events(entries, since, person))

    async def missed(self, stream: str, since: int) -> Missed:
        """Say whether what came after ``since`` can be told.

        A number that the stream has not reached yet comes from another life of the database: it can not.
        """
        head = await self._storage.head(stream)
        recovered = 0 <= since <= head and (head - since <= self._resume_changes or await self._few(stream, since))
        return Missed(recovered, head, self._resume_changes)

    async def part(self, stream: str, since: int) -> Part:
        """Return the first of what changed after ``since``."""
        entries = await self._storage.changes(stream, since, _PART)
        return Part(entries, entries[-1].rev if entries else since, len(entries) < _PART)

    async def events(self, entries: Sequence[Entry], since: int, person: int) -> list[Event]:
        """Return what happened to the entries after ``since`` as this person sees them."""
        things = await self._present(entries, person)
        return [
            Event(entry.stream, self._named(entry, unseen=entry.seq > since), entry.rev, things[entry.id])
            for entry in entries
        ]

    async def _few(self, stream: str, since: int) -> bool:
        return len(await self._storage.changes(stream, since, self._resume_changes + 1)) <= self._resume_changes

    async def next(
        self, stream: str, since: int, person: int, wanted: frozenset[str], unseen: Callable[[Entry], bool]
    ) -> tuple[Upcoming | None, int]:
        """Return the first change after ``since`` that is called one of ``wanted``, as the person sees it now.

        An entry that is ``unseen`` is called new though it was changed since, if that is wanted. Beside it stands the
        number up to which nothing else is wanted.
        """
        while entries := await self._storage.changes(stream, since, _NEXT):
            for entry in entries:
                names = (self._named(entry, unseen=unseen(entry)), entry.event)
                name = next((name for name in names if name in wanted), None)
                if name is not None:
                    [thing] = await self._kinds[entry.kind].present([entry], person)
                    return Upcoming(entry.id, Event(stream, name, entry.rev, thing)), entry.rev
            since = entries[-1].rev
        return None, since

    def _named(self, entry: Entry, *, unseen: bool) -> str:
        """Name what happened to the entry: to a client that never saw it, it is new."""
        kind = self._kinds[entry.kind]
        return kind.birth if unseen and entry.event not in kind.ends else entry.event

    async def _present(self, entries: Sequence[Entry], person: int) -> dict[int, Any]:
        things: dict[int, Any] = {}
        for kind in {entry.kind for entry in entries}:
            same = [entry for entry in entries if entry.kind == kind]
            shown = await self._kinds[kind].present(same, person)
            things.update((entry.id, thing) for entry, thing in zip(same, shown, strict=True))
        return things

    @contextmanager
    def _only_once(self, nonce: str | None) -> Iterator[None]:
        if nonce is None:
            yield
            return
        if nonce in self._in_flight:
            raise Problem(Code.NONCE_IN_FLIGHT)
        self._in_flight.add(nonce)
        try:
            yield
        finally:
            self._in_flight.discard(nonce)

    def _again(self, entry: Entry) -> Entry:
        """Return what is there already; whoever made it may have died before telling anybody."""
        self._publish(Reached(entry.stream, entry.rev))
        return entry


def _stored(author: int, nonce: str | None) -> str | None:
    """Return what is kept of a nonce for good: a client may have put anybody's words into it."""
    return nonce and f"{author}:{digest(nonce)}"


def _same(entry: Entry, stream: str, kind: str) -> Entry:
    """Return what the nonce made. Raises Problem NONCE_REUSED when that is something else."""
    if (entry.stream, entry.kind) != (stream, kind):
        raise Problem(Code.NONCE_REUSED)
    return entry
