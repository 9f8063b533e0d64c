"""Callouts: who is told of a message beside those who read the room: whom it answers, and whom it names."""

import re
from collections.abc import AsyncIterator

from chatsrv.errors import Problem
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import People, Person
from chatsrv.services.rooms import Room, Rooms
from storage.base import Entry

_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9!@#$%^&*_-]{2,32})")
_MOST = 10


class Callouts:
    """Notifies each person once a message, however often it is said to be there."""

    def __init__(self, people: People, rooms: Rooms, notifications: Notifications) -> None:
        self._people = people
        self._rooms = rooms
        self._notifications = notifications

    async def said(self, author: Person, room: Room, message: Entry, parent: Entry | None) -> None:
        """Tell of a new message whom it answers and, of those in the room, the first ten whom it names."""
        told = {author.id}
        if parent is not None and parent.author not in told:
            told.add(parent.author)
            await self._tell(parent.author, "reply", author, room, message)
        async for named in self._named(message.fields["text"]):
            if named.id not in told and await self._inside(named, room):
                told.add(named.id)
                await self._tell(named.id, "mention", author, room, message)

    async def voted(self, voter: Person, room: Room, message: Entry) -> None:
        """Tell the author of a vote; of the same voter's on the same message once."""
        if voter.id != message.author:
            await self._tell(message.author, "vote", voter, room, message, once=f"vote:{message.id}:{voter.id}")

    async def _tell(
        self, person: int, kind: str, author: Person, room: Room, message: Entry, once: str | None = None
    ) -> None:
        if not await self._inside(await self._people.get(person), room):
            return
        data = {
            "stream": room.stream,
            "message_id": message.id,
            "author": author.nickname,
            "author_id": author.id,
        }
        await self._notifications.notify(person, kind, data, once=once or f"message:{message.id}")

    async def _named(self, text: str) -> AsyncIterator[Person]:
        if "@" not in text:
            return
        for name in list(dict.fromkeys(_MENTION.findall(text)))[:_MOST]:
            # What follows a name in a sentence may stand in names too: "@anna!" is anna, unless there is an "anna!".
            for nickname in dict.fromkeys([name, name.rstrip("!@#$%^&*_-")]):
                person = await self._people.find(nickname_key=nickname.lower())
                if person is not None:
                    yield person
                    break

    async def _inside(self, person: Person, room: Room) -> bool:
        try:
            await self._rooms.enter(person.id, room)
        except Problem:
            return False
        return True
