"""Places: what a room is to one person (joined, muted, read up to where), kept in the person's own stream."""

from typing import Any, NamedTuple

from chatsrv.services.rooms import Room, user_stream
from chatsrv.services.streams import Change, Event, Streams
from storage.base import Duplicate, Entry, Storage

PLACE = "place"


class Place(NamedTuple):
    """One person's side of a room: ``read_id`` is the last message that they have read, 0 for none."""

    stream: str
    joined: bool
    muted: bool
    read_id: int
    read_ordinal: int


NOWHERE = Place("", False, False, 0, 0)


class Receipt(NamedTuple):
    """Somebody has read up to this message (its id)."""

    nickname: str
    id: int


class Places:
    """Keeps everyone's places; all devices of a person hear of a change by the person's stream."""

    def __init__(self, storage: Storage, streams: Streams) -> None:
        self._storage = storage
        self._streams = streams
        streams.register(PLACE, "chat.joined", self._present, ends=frozenset({"chat.left"}))

    async def of(self, person: int, streams: list[str]) -> dict[str, Place]:
        """Return the person's places in the rooms of these streams; where there is none, NOWHERE."""
        found = await self._storage.keyed(user_stream(person), streams)
        return {stream: _show(found[stream]) if stream in found else NOWHERE for stream in streams}

    async def ever(self, person: int) -> list[Room]:
        """Return every room that the person is or was in."""
        rooms: list[Room] = []
        below: int | None = None
        while entries := await self._storage.page(user_stream(person), PLACE, below=below, limit=500):
            rooms += [Room.parse(entry.key or "") for entry in entries]
            below = entries[-1].ordinal
        return rooms

    async def join(self, person: int, room: Room) -> None:
        """Note that the person is in the room; what was said before counts as read."""
        latest = await self._storage.page(room.stream, "message", limit=1)
        read = {"read_id": latest[0].id, "read_ordinal": latest[0].ordinal} if latest else {}
        await self._set(person, room, "chat.joined", {"joined": True} | read)

    async def begin(self, person: int, room: Room) -> None:
        """Note that the person is in a room in which they have read nothing yet."""
        await self._set(person, room, "chat.joined", {"joined": True})

    async def leave(self, person: int, room: Room) -> None:
        """Note that the person is no longer in the room."""
        await self._set(person, room, "chat.left", {"joined": False})

    async def mute(self, person: int, room: Room, muted: bool) -> None:
        """Note whether the person wants no notice of the room."""
        await self._set(person, room, "chat.updated", {"muted": muted})

    async def read(self, person: int, room: Room, message: Entry) -> bool:
        """Move the read mark forward to the message; says whether it moved. It never moves back."""
        place = (await self.of(person, [room.stream]))[room.stream]
        if place.read_ordinal >= message.ordinal:
            return False
        await self._set(person, room, "read", {"read_id": message.id, "read_ordinal": message.ordinal})
        return True

    async def _set(self, person: int, room: Room, event: str, fields: dict[str, Any]) -> None:
        """Change the place, or make it where a crash or a first time left none."""
        stream, key = user_stream(person), room.stream
        entry = (await self._storage.keyed(stream, [key])).get(key)
        if entry is None:
            new = {"joined": True, "muted": False, "read_id": 0, "read_ordinal": 0} | fields
            try:
                await self._streams.append(stream, PLACE, author=person, fields=new, view=_show, key=key)
            except Duplicate:
                await self._set(person, room, event, fields)
            return

        def decide(now: Entry) -> Change | None:
            if now.fields.get("read_ordinal", 0) > fields.get("read_ordinal", now.fields.get("read_ordinal", 0)):
                return None
            changed = now.fields | fields
            return Change(event, changed, ()) if changed != now.fields else None

        await self._streams.change(entry, decide, author=person, view=_show)

    def tell_receipt(self, room: Room, receipt: Receipt) -> None:
        """Let the room know, without keeping it, how far somebody has read."""
        self._streams.tell(Event(room.stream, "read", None, receipt))

    async def _present(self, entries: Any, person: int) -> list[Place]:
        return [_show(entry) for entry in entries]


def _show(entry: Entry) -> Place:
    fields = entry.fields
    return Place(entry.key or "", fields["joined"], fields["muted"], fields["read_id"], fields["read_ordinal"])
