"""Boards: what those who may put up for everybody to see, live; entries of the stream that everybody hears."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.audit import Audit
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import NEWS
from chatsrv.services.streams import Change, Streams
from storage.base import Entry, Missing, Storage

LIVING = 1
"""The mark of what was not taken down."""
_DEEPEST = 10_000

Thing = TypeVar("Thing")
Fields = dict[str, Any]


class Board(Generic[Thing]):
    """Things of one kind: put up, changed and taken down by those who have the right, read by everybody."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        audit: Audit,
        clock: Clock,
        *,
        kind: str,
        right: Right,
        missing: Code,
        show: Callable[[Entry], Thing],
        marks: Callable[[Fields], tuple[int, ...]] = lambda fields: (LIVING,),
    ) -> None:
        """``show`` shows an entry to everybody alike; ``marks`` says what a living one of these fields is found by."""
        self._storage = storage
        self._streams = streams
        self._audit = audit
        self._clock = clock
        self._kind = kind
        self._right = right
        self._missing = missing
        self._show = show
        self._marks = marks
        streams.register(kind, f"{kind}.new", self._present, ends=frozenset({f"{kind}.deleted"}))

    async def put(self, person: Person, fields: Fields, *, nonce: str | None = None) -> Entry:
        """Put it up; the same nonce again returns the same one. Raises Problem FORBIDDEN."""
        self._right.demand(person)
        entry = await self._streams.append(
            NEWS,
            self._kind,
            author=person.id,
            fields=fields | {"created": self._clock(), "deleted": False},
            view=self._show,
            marks=self._marks(fields),
            nonce=nonce,
        )
        await self._note(person, entry, "new", once=f"{self._kind}:{entry.id}")
        return entry

    async def change(self, person: Person, id: int, changes: Fields) -> Entry:
        """Change what is given. Raises Problem FORBIDDEN, or that there is no such thing."""
        self._right.demand(person)

        def decide(now: Entry) -> Change | None:
            self._check(now)
            fields = now.fields | changes
            return Change(f"{self._kind}.edited", fields, self._marks(fields)) if fields != now.fields else None

        entry = await self.entry(id)
        await self._note(person, entry, "edited")
        return await self._streams.change(entry, decide, author=person.id, view=self._show)

    async def take_down(self, person: Person, id: int, blank: Fields) -> None:
        """Leave a tombstone with these fields. Raises Problem FORBIDDEN, or that there is no such thing."""
        self._right.demand(person)

        def decide(now: Entry) -> Change:
            self._check(now)
            return Change(f"{self._kind}.deleted", now.fields | blank | {"deleted": True}, ())

        entry = await self.entry(id)
        await self._note(person, entry, "deleted")
        await self._streams.change(entry, decide, author=person.id, view=self._show)

    async def page(self, number: int = 1, before: int | None = None, mark: int = LIVING) -> Page[Entry]:
        """Return a page of those that have the mark, latest first: by number, or those before this id."""
        skip = 0 if before is not None else PAGE * (number - 1)
        if skip > _DEEPEST:
            return Page([], False)
        found = await self._storage.marked(self._kind, mark, below=before, limit=skip + PAGE + 1)
        return Page(found[skip : skip + PAGE], len(found) > skip + PAGE)

    async def entry(self, id: int) -> Entry:
        """Return a living one. Raises Problem that there is no such thing."""
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(self._missing) from None
        self._check(entry)
        return entry

    async def _note(self, person: Person, entry: Entry, what: str, once: str | None = None) -> None:
        await self._audit.note(f"{self._kind}.{what}", actor=person, thing=f"{self._kind}:{entry.id}", once=once)

    def _check(self, entry: Entry) -> None:
        if entry.kind != self._kind or entry.fields["deleted"]:
            raise Problem(self._missing)

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Thing]:
        return [self._show(entry) for entry in entries]
