"""The records of webhooks, and the lease by which one process at a time delivers what a webhook has not got yet."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple
from uuid import uuid4

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from storage.base import Collection, Missing, Record, Stale, Storage

WEBHOOKS = Collection("webhooks", indexes=(("stream",), ("owner",), ("changed",), ("state",)))
"""``since`` is the last number of the stream that needs no delivery any more, ``base`` that up to which none was left.

``attempts`` counts those at the delivery under way, the next of which is ``due``; ``failures`` the deliveries given up
since one went well. Who holds the lease is ``holder``, until ``until``. ``edits`` counts what its owner changed.
"""

ACTIVE, DISABLED = "active", "disabled"
_BATCH = 500
_MINUTE = 60_000


class Delivery(NamedTuple):
    """How one event fared: ``delivered``, ``retrying`` or ``failed``, with the latest attempt's answer.

    ``code`` is its HTTP status, 0 without one; ``reason`` says what went wrong, "" for nothing.
    """

    id: str
    type: str
    seq: int
    status: str
    attempts: int
    code: int
    reason: str
    at: int
    milliseconds: int


class WebhookRecords:
    """Changes records by comparing and setting."""

    def __init__(self, storage: Storage, clock: Clock, *, lease_milliseconds: int) -> None:
        self._storage = storage
        self._clock = clock
        self._lease = lease_milliseconds

    async def get(self, id: str) -> Record:
        """Return the record. Raises Problem NO_SUCH_WEBHOOK."""
        try:
            return await self._storage.get(WEBHOOKS.name, id)
        except Missing:
            raise Problem(Code.NO_SUCH_WEBHOOK) from None

    async def insert(self, record: Record) -> None:
        """Store a new one."""
        await self._storage.insert(WEBHOOKS.name, record)

    async def remove(self, id: str) -> None:
        """Remove it; what is under way is its last."""
        await self._storage.delete(WEBHOOKS.name, id)

    async def count(self, **where: Any) -> int:
        """How many there are of this ``owner`` or this ``stream``."""
        return await self._storage.count(WEBHOOKS.name, where)

    async def find(self, **where: Any) -> list[Record]:
        """Return those of this ``owner`` or this ``stream``, latest made first."""
        found = await self._storage.find(WEBHOOKS.name, where, limit=_BATCH)
        return sorted(found, key=lambda record: record["created"], reverse=True)

    async def active(self) -> AsyncIterator[Record]:
        """Give all that are active."""
        after: tuple[str, str] | None = None
        while records := await self._storage.find(WEBHOOKS.name, {"state": ACTIVE}, after=after, limit=_BATCH):
            for record in records:
                yield record
            after = records[-1]["id"], records[-1]["id"]

    async def lately(self, milliseconds: int) -> list[Record]:
        """Return those that their owners changed so long ago at most, or a minute more: clocks differ."""
        after = (self._clock() - milliseconds - _MINUTE, "")
        return await self._storage.find(WEBHOOKS.name, {}, order="changed", descending=False, after=after, limit=_BATCH)

    async def edit(self, id: str, decide: Callable[[Record], Record]) -> Record:
        """Change what ``decide`` says of the latest record and return it. Raises Problem NO_SUCH_WEBHOOK."""
        while True:
            now = await self.get(id)
            changes = decide(now) | {"changed": self._clock(), "edits": now["edits"] + 1}
            try:
                return await self._storage.update(WEBHOOKS.name, id, changes, where={"edits": now["edits"]})
            except Stale:
                continue
            except Missing:
                raise Problem(Code.NO_SUCH_WEBHOOK) from None

    async def take(self, record: Record) -> Record | None:
        """Take the lease of what was read and return the record; None when another has it, or it changed."""
        if record["holder"] and record["until"] > self._clock():
            return None
        seen = {name: record[name] for name in ("state", "holder", "until", "due")}
        return await self._update(record["id"], {"holder": uuid4().hex}, seen)

    async def keep(self, held: Record, changes: Record) -> Record | None:
        """Change what is held, and hold it longer; None when it was lost."""
        return await self._update(held["id"], changes, {"holder": held["holder"]})

    async def release(self, held: Record, changes: Record) -> None:
        """Change what is held and let others take it."""
        await self._update(held["id"], changes | {"holder": ""}, {"holder": held["holder"]})

    async def _update(self, id: str, changes: Record, where: Record) -> Record | None:
        until = {"until": self._clock() + self._lease}
        try:
            return await self._storage.update(WEBHOOKS.name, id, until | changes, where=where)
        except (Stale, Missing):
            return None


def new_record(owner: int, stream: str, url: str, events: list[str], secret: str, head: int, now: int) -> Record:
    """Return the record of a webhook that gets what comes after ``head``."""
    settings: Record = {"id": str(uuid4()), "owner": owner, "stream": stream, "url": url, "events": events}
    times = {"created": now, "changed": now, "due": 0, "until": 0, "edits": 0}
    progress = {"since": head, "base": head, "attempts": 0, "failures": 0, "deliveries": [], "holder": ""}
    return settings | times | progress | {"state": ACTIVE, "secrets": [{"key": secret, "until": None}]}
