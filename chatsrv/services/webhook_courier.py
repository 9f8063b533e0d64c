"""The courier: brings each webhook what its stream had since, in order, one process at a time.

What is to be brought is read from the stream, as for a client that resumes: nothing is queued, so nothing is lost when
a process dies, and no backlog grows. A push only says that there may be something.
"""

import asyncio
import logging
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.notifications import Notifications
from chatsrv.services.streams import Streams, Upcoming
from chatsrv.services.webhook_ledger import Ledger
from chatsrv.services.webhook_posting import Posting
from chatsrv.services.webhook_records import ACTIVE, WebhookRecords
from chatsrv.services.webhook_watch import Watched
from chatsrv.services.webhooks import Standing, Webhooks
from storage.base import Record, Unavailable

_LOG = logging.getLogger("chatsrv.webhooks")
_TURN_MILLISECONDS = 500
_MOST_TOLD = 1000
_COMPARE_SECONDS = 60
_AGAIN_SECONDS = 2.0


class Rounds(NamedTuple):
    """How many deliveries run at a time, and how often other processes' webhooks are looked for."""

    at_once: int
    look_seconds: int


class Courier:
    """A few workers, who take the webhooks that were woken one after the other."""

    def __init__(
        self,
        records: WebhookRecords,
        streams: Streams,
        watched: Watched,
        webhooks: Webhooks,
        posting: Posting,
        ledger: Ledger,
        notifications: Notifications,
        clock: Clock,
        rounds: Rounds,
    ) -> None:
        self._records = records
        self._streams = streams
        self._watched = watched
        self._webhooks = webhooks
        self._posting = posting
        self._ledger = ledger
        self._notifications = notifications
        self._clock = clock
        self._rounds = rounds
        self._awake: asyncio.Queue[str] = asyncio.Queue()
        self._queued: set[str] = set()
        self._busy: set[str] = set()
        self._again: set[str] = set()
        self._alarms: dict[str, asyncio.TimerHandle] = {}
        self._told: dict[str, set[int]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Begin, with whatever is behind."""
        self._watched.listen(self.wake)
        workers = [self._work() for _ in range(self._rounds.at_once)]
        self._tasks = [asyncio.create_task(task) for task in (self._look(), *workers)]

    async def close(self) -> None:
        """Stop; what was under way is tried again by whoever comes next."""
        self._watched.listen(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()

    def wake(self, id: str) -> None:
        """Have a webhook looked at, soon."""
        if id not in self._queued:
            self._queued.add(id)
            self._awake.put_nowait(id)

    def _wake_in(self, id: str, milliseconds: int) -> None:
        """Have it looked at then; of several times the last one said counts."""
        alarm = self._alarms.pop(id, None)
        if alarm is not None:
            alarm.cancel()
        self._alarms[id] = asyncio.get_running_loop().call_later(max(0, milliseconds) / 1000, self._ring, id)

    def _ring(self, id: str) -> None:
        self._alarms.pop(id, None)
        self.wake(id)

    async def _look(self) -> None:
        """Find what other processes registered, and now and then whatever is behind, whoever was to bring it."""
        waited = _COMPARE_SECONDS
        while True:
            try:
                if waited >= _COMPARE_SECONDS:
                    waited = 0
                    async for record in self._records.active():
                        await self._compare(record)
                for record in await self._records.lately(self._rounds.look_seconds * 1000):
                    await self._compare(record)
            except Unavailable:
                _LOG.warning("storage is away: webhooks wait")
            except Exception:
                _LOG.exception("looking for webhooks failed, it is tried again")
            await asyncio.sleep(self._rounds.look_seconds)
            waited += self._rounds.look_seconds

    async def _compare(self, record: Record) -> None:
        """Know the webhook first and look at its stream second: what falls between wakes it."""
        if record["state"] == ACTIVE:
            self._watched.watch(record)
            if await self._streams.head(record["stream"]) > record["since"]:
                self.wake(record["id"])
        await asyncio.sleep(0)  # thousands take a while: let the others have their turn

    async def _work(self) -> None:
        while True:
            id = await self._awake.get()
            self._queued.discard(id)
            if id in self._busy:
                self._again.add(id)
                continue
            self._busy.add(id)
            try:
                if await self._turn(id):
                    self._again.add(id)
            except Unavailable:
                self._wake_in(id, int(_AGAIN_SECONDS * 1000))
            except Exception:
                _LOG.exception("delivering to a webhook failed, it is tried again")
                self._wake_in(id, int(_COMPARE_SECONDS * 1000))
            finally:
                self._busy.discard(id)
            if id in self._again:
                self._again.discard(id)
                self.wake(id)

    async def _turn(self, id: str) -> bool:
        """Bring a webhook some of what it has not got; say whether there may be more."""
        try:
            record = await self._records.get(id)
        except Problem:
            self._forget(id)
            return False
        if record["state"] != ACTIVE:
            self._forget(id)
            return False
        if await self._streams.head(record["stream"]) <= record["since"]:
            return False
        # Who holds it may have died, and then it is free when the lease ends.
        free = max(record["due"], record["until"] if record["holder"] else 0)
        if free > self._clock():
            self._wake_in(id, free - self._clock())
            return False
        held = await self._records.take(record)
        return held is not None and await self._bring(held)

    async def _bring(self, held: Record) -> bool:
        """Bring up to a turn's worth, let go, and look once more: what came meanwhile another may have left to us."""
        record: Record | None = held
        rest: Record = {}
        ends = self._clock() + _TURN_MILLISECONDS
        try:
            # A receiver that takes its time shares with the others: its next delivery stands behind theirs.
            while self._clock() <= ends:
                upcoming, reached = await self._next(held)
                # Asked anew each time and after reading: what is sent was there while its owner could hear it.
                if not await self._may(held):
                    return False
                if upcoming is None:
                    rest = {"since": reached, "base": reached}
                    self._told.pop(held["id"], None)
                    break
                record = await self._deliver(held, upcoming)
                if record is None:
                    return False
                held = record
        finally:
            if record is not None:
                await self._records.release(held, rest)
        return await self._streams.head(held["stream"]) > int((rest or held)["since"])

    async def _may(self, held: Record) -> bool:
        standing = await self._webhooks.standing(held)
        if standing is Standing.LOST:
            await self._records.remove(held["id"])
            self._forget(held["id"])
        return standing is Standing.GOOD

    async def _next(self, held: Record) -> tuple[Upcoming | None, int]:
        base, told = held["base"], self._told.get(held["id"], set())
        wanted = frozenset(held["events"])
        return await self._streams.next(
            held["stream"], held["since"], held["owner"], wanted, lambda one: one.seq > base and one.id not in told
        )

    async def _deliver(self, held: Record, upcoming: Upcoming) -> Record | None:
        """Try the next delivery; return what is held now, None when nothing more is to be tried."""
        made, outcome = await self._posting.event(held, upcoming.event)
        changes = self._ledger.after(held, made, outcome)
        if "state" in changes:
            await self._tell(held, made.seq)
        if outcome.went_well:
            self._note(held["id"], upcoming.id)
        if "state" not in changes and not changes["due"]:
            return await self._records.keep(held, changes)
        await self._records.release(held, changes)
        if "state" not in changes:
            self._wake_in(held["id"], changes["due"] - self._clock())
        return None

    def _note(self, id: str, entry: int) -> None:
        """Remember until all is brought that the receiver knows an entry, so that its next change is not called new."""
        told = self._told.setdefault(id, set())
        if len(told) >= _MOST_TOLD:
            told.clear()
        told.add(entry)

    async def _tell(self, held: Record, seq: int) -> None:
        """Tell the owner, once, that it is switched off."""
        data = {"webhook": held["id"], "name": held["url"], "stream": held["stream"]}
        once = f"webhook:{held['id']}:{seq}:{held['edits']}"
        await self._notifications.notify(held["owner"], "webhook", data, once=once)

    def _forget(self, id: str) -> None:
        self._watched.forget(id)
        self._told.pop(id, None)
