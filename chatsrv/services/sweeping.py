"""Sweeping: what was never attached goes, and what processes that died had begun is finished.

Any process may sweep, and several at once: each change is made to what was seen, or not at all.
"""

from collections.abc import Callable

from chatsrv.errors import Code, Problem
from chatsrv.services.attachment_records import COMING, GOING, LOOSE, UNSURE, AttachmentRecords, going, held
from chatsrv.services.attachments import Attachments
from chatsrv.services.contents import Contents
from storage.base import Record

_HOUR = 3_600_000


class Sweeping:
    """Looks at what has been in a state for longer than anybody works on it."""

    def __init__(
        self, records: AttachmentRecords, attachments: Attachments, contents: Contents, *, unattached_hours: int
    ) -> None:
        self._records = records
        self._attachments = attachments
        self._contents = contents
        self._rests = {COMING: 2 * _HOUR, GOING: _HOUR, UNSURE: _HOUR, LOOSE: unattached_hours * _HOUR}

    async def sweep(self, now: int) -> None:
        """Remove what was never attached, and finish what processes that died began; ``now`` in Unix milliseconds."""
        for state, rest in self._rests.items():
            for record in await self._records.resting(state, now - rest):
                if state == UNSURE:
                    await self._ask(record)
                    continue
                await self._discard(record)
        await self._contents.sweep(now - _HOUR)

    async def _discard(self, record: Record) -> None:
        if record["state"] != GOING:
            try:
                record = await self._records.change(record["id"], _unless_changed(record, going(record)))
            except Problem:
                return
        await self._records.erase(record)

    async def _ask(self, record: Record) -> None:
        """Ask those that may have the attachment whether they do."""
        holders = [holder for holder in record["holders"] if await self._attachments.holds(holder, record["id"])]
        await self._records.try_change(record["id"], _unless_changed(record, held(holders)))


def _unless_changed(seen: Record, changes: Record) -> Callable[[Record], Record]:
    def decide(now: Record) -> Record:
        if now["version"] != seen["version"]:
            raise Problem(Code.NO_SUCH_ATTACHMENT)
        return changes

    return decide
