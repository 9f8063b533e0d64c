"""One request to a webhook's receiver: what stands in it, how it is signed, and what came of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

import orjson

from chatsrv.clock import Clock
from chatsrv.services.streams import Event
from chatsrv.services.webhook_ledger import DELIVERED, FAILED, TOO_LARGE, Outcome
from chatsrv.services.webhook_records import Delivery
from chatsrv.services.webhook_signing import signed_headers
from storage.base import Record

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Outcome]]
"""Sends headers and a body to a URL, once, within a time limit, to nowhere private; never raises."""

Encode = Callable[[Event], dict[str, Any]]
"""Says what an event carries, as it is pushed."""

PING = "ping"


class Outlet(NamedTuple):
    """What this room needs of the outside: how to send, how events are written, and a number in [0, 1) by chance."""

    post: Post
    encode: Encode
    chance: Callable[[], float]


class Posting:
    """Makes the requests; an event's has the same id however often it is made."""

    def __init__(self, outlet: Outlet, clock: Clock, *, body_bytes: int) -> None:
        self._post = outlet.post
        self._encode = outlet.encode
        self._clock = clock
        self._body_bytes = body_bytes

    async def event(self, record: Record, event: Event) -> tuple[Delivery, Outcome]:
        """Try to deliver an event once."""
        id = f"{record['id']}_{event.seq}"
        return await self._try(record, id, event.name, self._encode(event), event.seq or 0, record["attempts"] + 1)

    async def ping(self, record: Record) -> Delivery:
        """Send a test, once."""
        made, outcome = await self._try(record, f"{PING}_{uuid4().hex}", PING, {"stream": record["stream"]}, 0, 1)
        return made._replace(status=DELIVERED if outcome.went_well else FAILED)

    async def _try(
        self, record: Record, id: str, name: str, carried: dict[str, Any], seq: int, attempts: int
    ) -> tuple[Delivery, Outcome]:
        at = self._clock()
        body = orjson.dumps({"type": name, "webhook": record["id"], **carried})
        if len(body) > self._body_bytes:
            outcome = Outcome(0, TOO_LARGE)
        else:
            headers = signed_headers(_keys(record, at), id, at // 1000, body)
            outcome = await self._post(record["url"], headers | {"content-type": "application/json"}, body)
        took = max(0, self._clock() - at)
        return Delivery(id, name, seq, "", attempts, outcome.code, outcome.reason, at, took), outcome


def _keys(record: Record, now: int) -> list[str]:
    """Return the secrets that sign now, the newest first."""
    return [one["key"] for one in record["secrets"] if one["until"] is None or one["until"] > now]
