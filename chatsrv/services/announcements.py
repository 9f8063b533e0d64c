"""Announcements: one notification to very many, a few at a time in the background, also through crashes."""

import asyncio
from contextlib import suppress
from typing import Any

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.pace import Pace
from chatsrv.security import Role
from chatsrv.services.errands import Errands
from chatsrv.services.groups import GROUP_MEMBERS
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import PEOPLE
from storage.base import Collection, Duplicate, Record, Stale, Storage

ANNOUNCEMENTS = Collection("announcements", indexes=(("done",),))
"""``after`` is the last who was told, ``until`` when whoever tells now is taken for dead."""

_PIECE, _AT_ONCE = 100, 10
_PER_SECOND = 1000
"""Messages go before: so many take a part of a core, in steps that nobody notices."""
_LEASE_MILLISECONDS = 4_000


class Announcements:
    """Each is worked off by one process at a time; whoever goes on after a death repeats at most a piece, unheard."""

    def __init__(self, storage: Storage, notifications: Notifications, errands: Errands, clock: Clock) -> None:
        self._storage = storage
        self._notifications = notifications
        self._errands = errands
        self._clock = clock
        self._pace = Pace(_PER_SECOND)
        errands.add(self.go_on)

    async def announce(
        self, once: str, kind: str, data: dict[str, Any], *, group: int = 0, role: Role = Role.STUDENT
    ) -> None:
        """Have everyone of a group, or everybody (0), who has at least the role notified soon.

        The same ``once`` again does nothing.
        """
        place = {"group": group, "role": int(role), "after": 0, "until": 0, "done": False}
        try:
            await self._storage.insert(ANNOUNCEMENTS.name, {"id": once, "kind": kind, "data": data} | place)
        except Duplicate:
            return
        self._errands.wake()

    async def go_on(self) -> None:
        """Work off what nobody else works at."""
        for record in await self._storage.find(ANNOUNCEMENTS.name, {"done": False}, descending=False, limit=1000):
            if record["until"] <= self._clock():
                try:
                    await self._work_off(await self._note(record, {}))
                except Stale:
                    continue  # another process has it

    async def _work_off(self, record: Record) -> None:
        while True:
            people, last = await self._piece(record)
            if not last:
                break
            for start in range(0, len(people), _AT_ONCE):
                some = people[start : start + _AT_ONCE]
                await self._pace.wait(len(some))
                await asyncio.gather(*(self._tell(record, person) for person in some))
                if record["until"] - self._clock() < _LEASE_MILLISECONDS // 2:
                    record = await self._note(record, {})
            record = await self._note(record, {"after": last})
        # Only that it was made is still needed; whoever wrote it may take their words back.
        await self._note(record, {"done": True, "data": {}})

    async def _note(self, record: Record, changes: Record) -> Record:
        """Write down how far it is, and that somebody is at it. Raises Stale when another process is."""
        lease = {"until": self._clock() + _LEASE_MILLISECONDS}
        return await self._storage.update(
            ANNOUNCEMENTS.name, record["id"], changes | lease, where={"until": record["until"], "done": False}
        )

    async def _tell(self, record: Record, person: int) -> None:
        with suppress(Problem):  # there is nobody to tell
            await self._notifications.notify(person, record["kind"], record["data"], once=record["id"])

    async def _piece(self, record: Record) -> tuple[list[int], int]:
        """Return whom of the next ones to tell, and the last of those that were looked at, 0 when none is left."""
        group, after = record["group"], record["after"]
        if group:
            members = await self._storage.find(
                GROUP_MEMBERS.name,
                {"group": group},
                order="person",
                descending=False,
                after=(after, f"{group}:{after}"),
                limit=_PIECE,
            )
            return [one["person"] for one in members], members[-1]["person"] if members else 0
        people = await self._storage.find(PEOPLE.name, {}, descending=False, after=(after, after), limit=_PIECE)
        return [one["id"] for one in people if one["role"] >= record["role"]], people[-1]["id"] if people else 0
