"""Votes: given to messages and taken back, and found again."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.services.blocks import Blocks
from chatsrv.services.callouts import Callouts
from chatsrv.services.messages import MESSAGE, Message, Messages, show
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import People, Person
from chatsrv.services.rooms import CONVERSATION, Room, Rooms
from chatsrv.services.streams import Change, Streams
from storage.base import Entry, Storage


class Tally(NamedTuple):
    """How many voted for a message, and whether the asker did."""

    votes: int
    voted: bool


class Votes:
    """What may be done with votes."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        messages: Messages,
        callouts: Callouts,
        blocks: Blocks,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._messages = messages
        self._callouts = callouts
        self._blocks = blocks

    async def toggle(self, person: Person, id: int, *, nonce: str | None = None) -> Tally:
        """Give one's vote, or take it back when it was given; a retry with the same nonce does not take it back."""
        entry, room = await self._messages.of(person, id)
        await self._blocks.demand_speech(person.id, room)
        author = (await self._people.get(entry.author)).card

        def decide(now: Entry) -> Change:
            if now.fields["deleted"]:
                raise Problem(Code.MESSAGE_DELETED)
            return Change("message.voted", now.fields, tuple(sorted(set(now.marks) ^ {person.id})))

        changed = await self._streams.change(
            entry,
            decide,
            author=person.id,
            view=lambda now: show(now, room, author, viewer=person.id, voter=person.card),
            nonce=nonce,
        )
        if person.id in changed.marks:
            await self._callouts.voted(person, room, changed)
        return Tally(len(changed.marks), person.id in changed.marks)

    async def forget(self, person: Person) -> None:
        """Take back every vote of somebody who goes."""

        def decide(now: Entry) -> Change | None:
            left = tuple(mark for mark in now.marks if mark != person.id)
            return Change("message.voted", now.fields, left) if left != now.marks else None

        while entries := await self._storage.marked(MESSAGE, person.id, limit=20 * PAGE):
            for entry in entries:
                await self._take_back(person, entry, decide)

    async def page(self, person: Person, number: int) -> Page[Message]:
        """Return a page of the messages that the person voted for and may still read, newest first."""
        wanted = number * PAGE + 1
        readable: list[tuple[Entry, Room]] = []
        below: int | None = None
        inside = {room.stream: room for room in await self._rooms.chats(person.id)}
        while len(readable) < wanted and (entries := await self._voted_below(person, below)):
            below = entries[-1].id
            readable += [(entry, room) for entry in entries if (room := self._readable(inside, entry))]
        shown = readable[wanted - PAGE - 1 : wanted - 1]
        cards = await self._people.cards(entry.author for entry, _ in shown)
        messages = [show(entry, room, cards[entry.author], viewer=person.id) for entry, room in shown]
        return Page(messages, len(readable) >= wanted)

    async def _take_back(self, person: Person, entry: Entry, decide: Callable[[Entry], Change | None]) -> None:
        room, cards = Room.parse(entry.stream), await self._people.cards([entry.author, person.id])
        author, voter = cards[entry.author], cards[person.id]

        def view(now: Entry) -> Message:
            return show(now, room, author, viewer=person.id, voter=voter)

        await self._streams.change(entry, decide, author=person.id, view=view)

    async def _voted_below(self, person: Person, below: int | None) -> Sequence[Entry]:
        return await self._storage.marked(MESSAGE, person.id, below=below, limit=20 * PAGE)

    @staticmethod
    def _readable(inside: dict[str, Room], entry: Entry) -> Room | None:
        room = Room.parse(entry.stream)
        return room if room.kind == CONVERSATION else inside.get(entry.stream)
