"""Retention: a chat whose admin wants so forgets what was said in it some days ago, whichever process is alive.

Messages of a chat stand in the order of their ordinals; up to which one a chat has forgotten is written down after each
batch, so that nobody looks at the same ones again. What is done twice changes nothing.
"""

import asyncio
from itertools import takewhile

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.chats import CHAT_KEY, RETAINED, ChatDetails, Chats
from chatsrv.services.errands import Errands
from chatsrv.services.messages import MESSAGE, Messages
from chatsrv.services.people import Person
from chatsrv.services.rooms import Room
from storage.base import Collection, Duplicate, Entry, Missing, Stale, Storage

RETENTIONS = Collection("retentions")
"""One record for each chat, under its id: the ordinal of the last message that it has forgotten."""

_DAY_MILLISECONDS = 86_400_000
_BATCH = 100


class Retention:
    """Sets how long chats keep messages, and removes what is older for good."""

    def __init__(
        self,
        storage: Storage,
        chats: Chats,
        messages: Messages,
        errands: Errands,
        clock: Clock,
        *,
        least_days: int,
        most_days: int,
        every_seconds: int,
        per_sweep: int,
    ) -> None:
        """``per_sweep`` is how many messages of a chat are removed at most in ``every_seconds``."""
        self._storage = storage
        self._chats = chats
        self._messages = messages
        self._clock = clock
        self._days = (least_days, most_days)
        self._every = every_seconds * 1000
        self._per_sweep = per_sweep
        self._next = self._next_wipe = 0
        self._removed = False
        errands.add(self.go_on)

    async def set(self, person: Person, room: Room, days: int | None) -> ChatDetails:
        """Keep messages for so many days, or (None) for ever. Raises Problem NO_SUCH_CHAT, ONLY_ADMIN, OUT_OF_RANGE."""
        least, most = self._days
        if days is not None and not least <= days <= most:
            raise Problem(Code.OUT_OF_RANGE, field="days", data=[least, most])
        return await self._chats.change(person, room, {"retention_days": days})

    async def go_on(self) -> None:
        """Sweep, once it is time."""
        now = self._clock()
        if now >= self._next:
            self._next = now + self._every
            await self.sweep(now)

    async def sweep(self, now: int) -> None:
        """Remove what is too old at this time (Unix milliseconds), of each chat a bounded number, the oldest first."""
        below: int | None = None
        while chats := await self._storage.marked(CHAT_KEY, RETAINED, below=below, limit=_BATCH):
            for chat in chats:
                await self._sweep(chat, now - chat.fields["retention_days"] * _DAY_MILLISECONDS)
            below = chats[-1].id
        if self._removed and now >= self._next_wipe:
            # It reads and writes the whole index of words: not for every message.
            self._removed, self._next_wipe = False, now + _DAY_MILLISECONDS
            await self._storage.wipe()

    async def _sweep(self, chat: Entry, until: int) -> None:
        id, forgotten, removed = Room.parse(chat.stream).id, 0, 0
        try:
            forgotten = (await self._storage.get(RETENTIONS.name, id))["ordinal"]
        except Missing:
            await self._begin(id)
        while removed < self._per_sweep and (old := await self._old(chat.stream, forgotten, until)):
            living = [entry.id for entry in old if not entry.fields["deleted"]]
            await asyncio.gather(*(self._messages.bury(one, by=0) for one in living))
            last, removed, self._removed = old[-1].ordinal, removed + len(old), True
            try:
                await self._storage.update(RETENTIONS.name, id, {"ordinal": last}, where={"ordinal": forgotten})
            except Stale:
                return  # another process is at it
            forgotten = last

    async def _old(self, stream: str, forgotten: int, until: int) -> list[Entry]:
        """Return the next messages that are too old, the oldest first."""
        found = await self._storage.page(stream, MESSAGE, below=forgotten + _BATCH + 1, limit=_BATCH)
        later = [entry for entry in reversed(found) if entry.ordinal > forgotten]
        return list(takewhile(lambda entry: entry.fields["created"] < until, later))

    async def _begin(self, id: int) -> None:
        try:
            await self._storage.insert(RETENTIONS.name, {"id": id, "ordinal": 0})
        except Duplicate:
            return
