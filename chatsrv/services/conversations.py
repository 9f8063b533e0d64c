"""Conversations: rooms of exactly two people, opened by the first word."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from chatsrv.clock import IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.blocks import Blocks
from chatsrv.services.errands import Errands
from chatsrv.services.members import Membership
from chatsrv.services.messages import Message, Messages
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.places import Places
from chatsrv.services.rooms import CONVERSATION, CONVERSATIONS, INBOX, Room, Rooms, member_key
from chatsrv.services.streams import Admit, Change, Streams
from storage.base import Duplicate, Entry, Missing, Record, Storage

PEER = "peer"
_BATCH = 100


class Conversation(NamedTuple):
    """A conversation as one of its two people sees it: ``user`` is the other, who has read up to ``peer_read_id``.

    That is 0 while the other one blocks the reader.
    """

    id: int
    user: Card
    last_message: Message | None
    unread: int
    read_id: int
    peer_read_id: int


class Conversations:
    """What may be done with conversations."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        rooms: Rooms,
        places: Places,
        messages: Messages,
        blocks: Blocks,
        errands: Errands,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._places = places
        self._messages = messages
        self._blocks = blocks
        self._ids = ids
        errands.add(self.finish)
        streams.register(PEER, "chat.updated", self._present)

    async def open(self, person: Person, other: Person) -> Room:
        """Return the conversation of the two, made if it was not there. Raises Problem NOT_YOURSELF, NOT_REACHABLE."""
        if person.id == other.id:
            raise Problem(Code.NOT_YOURSELF)
        if await self._blocks.between(person.id, other.id):
            raise Problem(Code.NOT_REACHABLE)
        low, high = sorted((person.id, other.id))
        pair = f"{low}:{high}"
        record: Record = {"id": self._ids(), "pair": pair, "people": [low, high], "complete": False}
        try:
            await self._storage.insert(CONVERSATIONS.name, record)
        except Duplicate:
            record = (await self._storage.find(CONVERSATIONS.name, {"pair": pair}, limit=1))[0]
        room = Room(CONVERSATION, record["id"])
        if not record["complete"]:
            await self._complete(room, (low, high))
        return room

    async def finish(self) -> None:
        """Complete what was opened by processes that died before they could."""
        for record in await self._storage.find(CONVERSATIONS.name, {"complete": False}, limit=_BATCH):
            await self._complete(Room(CONVERSATION, record["id"]), record["people"])

    async def page(self, person: Person, number: int, before: int | None = None) -> Page[Conversation]:
        """Return a page of one's conversations, latest active first."""
        after = None if before is None else await self._cursor(person, before)
        skip = PAGE * (number - 1) if before is None else 0
        where = {"person": person.id}
        records = await self._storage.find(INBOX.name, where, order="last", after=after, skip=skip, limit=PAGE + 1)
        rooms = [Room(CONVERSATION, record["conversation"]) for record in records[:PAGE]]
        return Page([await self.details(person, room) for room in rooms], len(records) > PAGE)

    async def details(self, person: Person, room: Room) -> Conversation:
        """Return one conversation. Raises Problem NO_SUCH_CONVERSATION."""
        _, other = await self._rooms.pair(person.id, room.id)
        place, peers = [(await self._places.of(one, [room.stream]))[room.stream] for one in (person.id, other)]
        return Conversation(
            room.id,
            (await self._people.get(other)).card,
            await self._messages.latest(room),
            await self._messages.unread(person, room, place.read_ordinal),
            place.read_id,
            0 if await self._blocks.stand(other, person.id) else peers.read_id,
        )

    async def rename(self, person: Person, room: Room) -> None:
        """Tell a conversation, within its numbers, of the person's new nickname, name or avatar."""
        key = member_key(person.id)
        shown = Membership(room, (await self._people.get(person.id)).card, "", True)
        entry = (await self._storage.keyed(room.stream, [key])).get(key)
        if entry is None:
            fields = {"person": person.id}
            await self._streams.append(
                room.stream, PEER, author=person.id, fields=fields, view=lambda _: shown, key=key
            )
            return

        def decide(now: Entry) -> Change:
            return Change("chat.updated", now.fields, now.marks)

        await self._streams.change(entry, decide, author=person.id, view=lambda _: shown)

    async def _complete(self, room: Room, pair: Sequence[int]) -> None:
        """Give both people their side of it; several may do it at once."""
        for one, other in (pair, pair[::-1]):
            record = {"id": f"{one}:{room.id}", "person": one, "conversation": room.id, "peer": other, "last": room.id}
            with suppress(Duplicate):
                await self._storage.insert(INBOX.name, record)
            self._streams.tell(Admit(one, room.stream, 0))
            await self._places.begin(one, room)
        await self._storage.update(CONVERSATIONS.name, room.id, {"complete": True})

    async def _cursor(self, person: Person, before: int) -> tuple[int, str]:
        try:
            record = await self._storage.get(INBOX.name, f"{person.id}:{before}")
        except Missing:
            raise Problem(Code.NO_SUCH_CONVERSATION) from None
        return record["last"], record["id"]

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Membership]:
        cards = await self._people.cards(entry.author for entry in entries)
        return [Membership(Room.parse(entry.stream), cards[entry.author], "", True) for entry in entries]
