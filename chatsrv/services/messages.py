"""Messages: sent, read in pages, edited and deleted, in chats and conversations alike."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.attachments import Attachments, Holding
from chatsrv.services.blocks import Blocks
from chatsrv.services.callouts import Callouts
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.places import Places, Receipt
from chatsrv.services.rooms import CONVERSATION, INBOX, Room, Rooms
from chatsrv.services.streams import Change, Streams
from storage.base import Entry, Kind, Missing, Record, Searchable, Storage

MESSAGE = "message"
MESSAGES = Kind(MESSAGE, Searchable(("text",), unless=("deleted",)))
_AT_ONCE = 50


class Message(NamedTuple):
    """A message as somebody sees it.

    ``voted`` says whether they voted for it; in an event, which everyone gets alike, whether ``voter`` does now.
    A deleted one keeps its place, without its text, votes and attachments. ``parent_id`` is 0 for the root of a thread.
    """

    id: int
    room: Room
    author: Card
    created: int
    text: str
    parent_id: int
    edited: bool
    deleted: bool
    votes: int
    voted: bool | None
    voter: Card | None
    seq: int
    rev: int
    attachments: Sequence[Record]


class Messages:
    """What may be done with messages, and by whom."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        places: Places,
        attachments: Attachments,
        callouts: Callouts,
        blocks: Blocks,
        clock: Clock,
        ids: IdMaker,
        *,
        text_chars: int,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._places = places
        self._attachments = attachments
        self._callouts = callouts
        self._blocks = blocks
        self._clock = clock
        self._ids = ids
        self._text_chars = text_chars
        attachments.register(MESSAGE, Holding(self._shows, self._has))
        streams.register(MESSAGE, "message.new", self._present, ends=frozenset({"message.deleted"}))

    async def send(
        self,
        person: Person,
        room: Room,
        text: str,
        parent_id: int = 0,
        attachments: Sequence[str] = (),
        *,
        nonce: str | None = None,
    ) -> Message:
        """Commit the message, push it, return it; the same nonce again returns the same message.

        Raises Problem "no such" room, NOT_REACHABLE, EMPTY_MESSAGE, NO_SUCH_PARENT, NO_SUCH_ATTACHMENT.
        """
        await self._rooms.enter(person.id, room)
        self._check_text(text, attachments)
        parent = await self._parent(room, parent_id) if parent_id else None
        await self._blocks.demand_speech(person.id, room)
        id = self._ids()
        claimed = await self._attachments.claim(person.id, attachments, _holder(id)) if attachments else []
        entry = await self._streams.append(
            room.stream,
            MESSAGE,
            author=person.id,
            fields={
                "text": text,
                "parent_id": parent_id,
                "created": self._clock(),
                "edited": False,
                "deleted": False,
                "attachments": claimed,
            },
            view=lambda entry: show(entry, room, person.card),
            nonce=nonce,
            id=id,
        )
        if attachments:
            await self._settle(entry, id, attachments)
        if room.kind == CONVERSATION:
            await self._bump(room, person.id, entry.id)
        await self._callouts.said(person, room, entry, parent)
        return show(entry, room, person.card, viewer=person.id)

    async def page(
        self, person: Person, room: Room, number: int = 1, before: int | None = None, after: int | None = None
    ) -> Page[Message]:
        """Return a page of the room's messages, newest first: by number, or the nearest before or after this id."""
        await self._rooms.enter(person.id, room)
        entries = await (self._before(room, number, before) if after is None else self._after(room, after))
        cards = await self._people.cards({entry.author for entry in entries} - {person.id}) | {person.id: person.card}
        messages = [show(entry, room, cards[entry.author], viewer=person.id) for entry in entries]
        return Page(messages, bool(entries) and entries[-1].ordinal > 1)

    async def details(self, person: Person, id: int) -> Message:
        """Return one message. Raises Problem NO_SUCH_MESSAGE, MESSAGE_DELETED."""
        entry, room = await self.of(person, id)
        if entry.fields["deleted"]:
            raise Problem(Code.MESSAGE_DELETED)
        return show(entry, room, (await self._people.get(entry.author)).card, viewer=person.id)

    async def edit(
        self, person: Person, id: int, text: str | None, parent_id: int | None, *, nonce: str | None = None
    ) -> Message:
        """Change the text, the parent or both (None leaves as it is) of one's own message."""
        entry, room = await self.of(person, id)
        _check_author(person, entry)
        await self._blocks.demand_speech(person.id, room)
        if text is not None:
            self._check_text(text, _attached(entry))
        if parent_id:
            await self._parent(room, parent_id, below=entry.ordinal)
        given = {"text": text, "parent_id": parent_id}
        wanted = {name: value for name, value in given.items() if value is not None}

        def decide(now: Entry) -> Change | None:
            if now.fields["deleted"]:
                raise Problem(Code.MESSAGE_DELETED)
            if wanted.items() <= now.fields.items():
                return None
            return Change("message.edited", now.fields | wanted | {"edited": True}, now.marks)

        changed = await self._streams.change(
            entry, decide, author=person.id, view=lambda now: show(now, room, person.card), nonce=nonce
        )
        return show(changed, room, person.card, viewer=person.id)

    async def delete(self, person: Person, id: int) -> None:
        """Leave a tombstone of one's own message; deleting it again changes nothing."""
        entry, _ = await self.of(person, id)
        _check_author(person, entry)
        await self.bury(id, by=person.id)

    async def bury(self, id: int, *, by: int) -> None:
        """Leave a tombstone of a message that there is, whoever wrote it and whoever asks; again changes nothing."""
        entry = await self._storage.entry(id)
        room, author = Room.parse(entry.stream), (await self._people.get(entry.author)).card

        def decide(now: Entry) -> Change | None:
            if now.fields["deleted"]:
                return None
            gone = {"text": "", "deleted": True, "attachments": []}
            return Change("message.deleted", now.fields | gone, ())

        await self._attachments.doubt(_attached(entry))
        await self._streams.change(entry, decide, author=by, view=lambda now: show(now, room, author))
        await self._attachments.release(_attached(entry), _holder(entry.id))

    async def forget(self, person: Person) -> None:
        """Leave tombstones of all that somebody who goes has ever said, also where they were long ago."""
        for room in {*await self._places.ever(person.id), *await self._rooms.every(person.id)}:
            below: int | None = None
            while entries := await self._storage.page(
                room.stream, MESSAGE, author=person.id, below=below, limit=_AT_ONCE
            ):
                spoken = [entry.id for entry in entries if not entry.fields["deleted"]]
                await asyncio.gather(*(self.bury(id, by=person.id) for id in spoken))
                below = entries[-1].ordinal

    async def read(self, person: Person, room: Room, id: int, *, receipt: bool) -> None:
        """Move the person's read mark to the message; tell the room of it if ``receipt``."""
        await self._rooms.enter(person.id, room)
        message = await self._in(room, id)
        moved = await self._places.read(person.id, room, message)
        if moved and receipt and not await self._blocks.silence(person.id, room):
            self._places.tell_receipt(room, Receipt(person.nickname, id))

    async def latest(self, room: Room) -> Message | None:
        """Return the latest message of a room that was entered, for nobody in particular."""
        entries = await self._storage.page(room.stream, MESSAGE, limit=1)
        if not entries:
            return None
        return show(entries[0], room, (await self._people.get(entries[0].author)).card)

    async def unread(self, person: Person, room: Room, read_ordinal: int) -> int:
        """How many messages came after what the person read or wrote last."""
        latest = await self._storage.page(room.stream, MESSAGE, limit=1)
        own = await self._storage.page(room.stream, MESSAGE, author=person.id, limit=1)
        seen = max([read_ordinal, *(entry.ordinal for entry in own)])
        return max(0, latest[0].ordinal - seen) if latest else 0

    async def _settle(self, entry: Entry, claimed: int, attachments: Sequence[str]) -> None:
        """Confirm what the message holds; a retry finds the one that was sent first, under another id."""
        if entry.id != claimed:
            await self._attachments.release(attachments, _holder(claimed))
        await self._attachments.settle(_attached(entry), _holder(entry.id))

    async def _shows(self, person: Person, id: str) -> bool:
        try:
            entry, _ = await self.of(person, int(id))
        except Problem:
            return False
        return not entry.fields["deleted"]

    async def _has(self, id: str, attachment: str) -> bool:
        try:
            return attachment in _attached(await self._storage.entry(int(id)))
        except Missing:
            return False

    def _check_text(self, text: str, attachments: Sequence[str] = ()) -> None:
        if not text.strip() and not attachments:
            raise Problem(Code.EMPTY_MESSAGE, field="text")
        if len(text) > self._text_chars:
            raise Problem(Code.TOO_LONG, field="text", data=self._text_chars)

    async def _before(self, room: Room, number: int, before: int | None) -> list[Entry]:
        below = await self._below(room, number, before)
        return await self._storage.page(room.stream, MESSAGE, below=below, limit=PAGE) if below != 0 else []

    async def _after(self, room: Room, id: int) -> list[Entry]:
        """Ordinals are dense: what follows has the next ones."""
        last = (await self._in(room, id)).ordinal
        entries = await self._storage.page(room.stream, MESSAGE, below=last + 1 + PAGE, limit=PAGE)
        return [entry for entry in entries if entry.ordinal > last]

    async def _below(self, room: Room, number: int, before: int | None) -> int | None:
        if before is not None:
            return (await self._in(room, before)).ordinal
        if number == 1:
            return None
        latest = await self._storage.page(room.stream, MESSAGE, limit=1)
        return max(0, latest[0].ordinal + 1 - PAGE * (number - 1)) if latest else 0

    async def of(self, person: Person, id: int) -> tuple[Entry, Room]:
        """Load the message and permit: to a stranger it does not exist. Raises Problem NO_SUCH_MESSAGE."""
        try:
            entry = await self._storage.entry(id)
            if entry.kind != MESSAGE:
                raise Problem(Code.NO_SUCH_MESSAGE)
            return entry, await self._rooms.enter(person.id, Room.parse(entry.stream))
        except (Missing, Problem):
            raise Problem(Code.NO_SUCH_MESSAGE) from None

    async def _in(self, room: Room, id: int) -> Entry:
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(Code.NO_SUCH_MESSAGE) from None
        if (entry.stream, entry.kind) != (room.stream, MESSAGE):
            raise Problem(Code.NO_SUCH_MESSAGE)
        return entry

    async def _parent(self, room: Room, id: int, below: int | None = None) -> Entry:
        try:
            parent = await self._in(room, id)
        except Problem:
            raise Problem(Code.NO_SUCH_PARENT, field="parent_id") from None
        if below is not None and parent.ordinal >= below:
            raise Problem(Code.NO_SUCH_PARENT, field="parent_id")
        return parent

    async def _bump(self, room: Room, person: int, message: int) -> None:
        for one in await self._rooms.pair(person, room.id):
            await self._storage.update(INBOX.name, f"{one}:{room.id}", {"last": message})

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Message]:
        cards = await self._people.cards([person, *(entry.author for entry in entries)])
        voter = cards[person]
        return [
            show(entry, Room.parse(entry.stream), cards[entry.author], viewer=person, voter=voter) for entry in entries
        ]


def show(entry: Entry, room: Room, author: Card, *, viewer: int | None = None, voter: Card | None = None) -> Message:
    """Show the entry of a message to the viewer, or to everyone alike."""
    fields = entry.fields
    return Message(
        entry.id,
        room,
        author,
        fields["created"],
        fields["text"],
        fields["parent_id"],
        fields["edited"],
        fields["deleted"],
        len(entry.marks),
        None if viewer is None else viewer in entry.marks,
        voter,
        entry.seq,
        entry.rev,
        fields.get("attachments", ()),
    )


def _attached(entry: Entry) -> list[str]:
    """Return the ids of what is attached; a message from before there were attachments has none."""
    return [one["id"] for one in entry.fields.get("attachments", ())]


def _holder(id: int) -> str:
    return f"{MESSAGE}:{id}"


def _check_author(person: Person, entry: Entry) -> None:
    if entry.author != person.id:
        raise Problem(Code.NOT_YOUR_MESSAGE)
