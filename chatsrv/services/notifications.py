"""Notifications: what concerns one person, kept as entries of their own stream and read on all devices at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.blocks import Blocks
from chatsrv.services.notices import NOTICES, Notice, Wishes
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.places import Places
from chatsrv.services.rooms import user_stream
from chatsrv.services.streams import Change, Reached, Streams
from chatsrv.services.tellings import Tellings
from storage.base import Duplicate, Entry, Missing, Record, Stale, Storage

NOTIFICATION = "notification"
_AT_ONCE = 50
_BATCH = 500
_BLANK = {"kind": "message", "data": {"text": ""}, "read": True}


class Notification(NamedTuple):
    """One thing that a person is told; ``quiet`` says that it came in their quiet hours and is not to ring."""

    id: int
    type: int
    kind: str
    data: Mapping[str, Any]
    text: str
    created: int
    read: bool
    quiet: bool
    seq: int
    rev: int


class Settings(NamedTuple):
    """How a person wants to be told."""

    language: str
    wishes: Wishes


class Notifications:
    """Tells people; whoever was told something keeps it until they have read it, and after."""

    def __init__(
        self, storage: Storage, streams: Streams, people: People, places: Places, blocks: Blocks, clock: Clock
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._places = places
        self._blocks = blocks
        self._tellings = Tellings(storage)
        self._clock = clock
        streams.register(NOTIFICATION, "notification.new", self._present)

    async def notify(
        self, person_id: int, kind_name: str, data: dict[str, Any], *, once: str | None = None
    ) -> Notification | None:
        """Tell the person; return what they were told, None when they do not want it or are nobody who could read it.

        ``data`` fills the kind's text (see `notices`) and goes along; of a kind ``of_room`` it has the room's
        ``stream``. What was told with ``once`` is not told again to the same person, by any process, also after a
        crash: then this returns what was told before. Raises Problem NO_SUCH_USER.
        """
        notice, person = NOTICES[kind_name], await self._people.get(person_id)
        if not await self._wanted(person, notice, data):
            return None
        if "author_id" in data:
            await self._tellings.note(data["author_id"], person.id)
        stream, key = user_stream(person.id), once and f"{NOTIFICATION}:{once}"
        now = self._clock()
        quiet = person.wishes.quiet is not None and person.wishes.quiet.covers(now)
        try:
            entry = await self._streams.append(
                stream,
                NOTIFICATION,
                author=person.id,
                fields={"kind": kind_name, "data": data, "created": now, "read": False, "quiet": quiet},
                view=lambda entry: _show(entry, person),
                key=key,
                marks=(person.id,),
            )
        except Duplicate:
            entry = (await self._storage.keyed(stream, [key or ""]))[key or ""]
            # Whoever made it may have died before telling anybody.
            self._streams.tell(Reached(stream, entry.rev))
        return _show(entry, person)

    async def page(self, person: Person, number: int = 1, before: int | None = None) -> Page[Notification]:
        """Return a page, newest first: by number, or those before this one. Raises Problem NO_SUCH_NOTIFICATION."""
        stream = user_stream(person.id)
        below = await self._below(person, number, before)
        entries = await self._storage.page(stream, NOTIFICATION, below=below, limit=PAGE) if below != 0 else []
        return Page([_show(entry, person) for entry in entries], bool(entries) and entries[-1].ordinal > 1)

    async def unread(self, person: Person) -> int:
        """How many the person has not read. Those have a mark."""
        return await self._storage.tally(user_stream(person.id), NOTIFICATION)

    async def read(self, person: Person, id: int) -> Notification:
        """Note that one was read; all devices hear of it. Raises Problem NO_SUCH_NOTIFICATION."""
        return await self._read(person, await self._of(person, id))

    async def read_all(self, person: Person) -> None:
        """Note that all that there are were read."""
        while entries := await self._storage.marked(NOTIFICATION, person.id, limit=_AT_ONCE):
            await asyncio.gather(*(self._read(person, entry) for entry in entries))

    async def settings(self, person: Person) -> Settings:
        """Return how the person wants to be told."""
        now = await self._people.get(person.id)
        return Settings(now.language, now.wishes)

    async def set(self, person: Person, changes: dict[str, Any], kinds: Mapping[str, bool]) -> Settings:
        """Change ``language`` or ``quiet`` where they are given, and switch these kinds on or off.

        Each change is made to what the one before left: two at once, as of a switch and a form, both last.
        """
        language = {"language": changes["language"]} if "language" in changes else {}
        while True:
            stored = (await self._storage.get(PEOPLE.name, person.id)).get("wishes")
            wishes = _changed(Wishes.of(stored), changes, kinds).stored()
            with suppress(Stale):
                now = {"wishes": wishes} | language
                await self._storage.update(PEOPLE.name, person.id, now, where={"wishes": stored})
                return await self.settings(person)

    async def forget(self, person: Person) -> None:
        """Blank all that somebody who goes was told, and their name in what others were told."""
        await self._amend(person, lambda fields: fields | _BLANK)
        await self._tellings.forget(person.id)
        nickname = (await self._people.get(person.id)).nickname

        def unnamed(fields: Record) -> Record:
            data = fields["data"]
            return fields | {"data": data | {"author": nickname}} if data.get("author_id") == person.id else fields

        async for reader in self._tellings.readers(person.id):
            await self._amend(await self._people.get(reader), unnamed)

    async def _amend(self, person: Person, wanted: Callable[[Record], Record]) -> None:
        """Change everything that the person was told into what is wanted; they are told of what did change."""

        def decide(now: Entry) -> Change | None:
            fields = wanted(now.fields)
            if fields == now.fields:
                return None
            return Change("notification.edited", fields, () if fields["read"] else now.marks)

        below: int | None = None
        while entries := await self._storage.page(user_stream(person.id), NOTIFICATION, below=below, limit=_BATCH):
            for entry in entries:
                if wanted(entry.fields) != entry.fields:
                    await self._streams.change(entry, decide, author=person.id, view=lambda now: _show(now, person))
            below = entries[-1].ordinal

    async def _wanted(self, person: Person, notice: Notice, data: dict[str, Any]) -> bool:
        if person.guest or person.deleted or person.disabled or notice.name in person.wishes.off:
            return False
        if notice.personal and await self._blocks.stand(person.id, data["author_id"]):
            return False
        if not notice.of_room:
            return True
        return not (await self._places.of(person.id, [data["stream"]]))[data["stream"]].muted

    async def _read(self, person: Person, entry: Entry) -> Notification:
        def decide(now: Entry) -> Change | None:
            return None if now.fields["read"] else Change("notification.read", now.fields | {"read": True}, ())

        read = await self._streams.change(entry, decide, author=person.id, view=lambda now: _show(now, person))
        return _show(read, person)

    async def _below(self, person: Person, number: int, before: int | None) -> int | None:
        if before is not None:
            return (await self._of(person, before)).ordinal
        if number == 1:
            return None
        latest = await self._storage.page(user_stream(person.id), NOTIFICATION, limit=1)
        return max(0, latest[0].ordinal + 1 - PAGE * (number - 1)) if latest else 0

    async def _of(self, person: Person, id: int) -> Entry:
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(Code.NO_SUCH_NOTIFICATION) from None
        if (entry.stream, entry.kind) != (user_stream(person.id), NOTIFICATION):
            raise Problem(Code.NO_SUCH_NOTIFICATION)
        return entry

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Notification]:
        reader = await self._people.get(person)
        return [_show(entry, reader) for entry in entries]


def _changed(old: Wishes, changes: Mapping[str, Any], kinds: Mapping[str, bool]) -> Wishes:
    off = (old.off - kinds.keys()) | {name for name, wanted in kinds.items() if not wanted}
    quiet = changes.get("quiet", old.quiet)
    return Wishes(off, quiet if quiet and quiet.start != quiet.end else None)


def _show(entry: Entry, reader: Person) -> Notification:
    fields = entry.fields
    notice = NOTICES[fields["kind"]]
    return Notification(
        entry.id,
        notice.type,
        notice.name,
        fields["data"],
        notice.text(reader.language, fields["data"]),
        fields["created"],
        fields["read"],
        fields["quiet"],
        entry.seq,
        entry.rev,
    )
