"""The records of attachments: how they begin, change and end, and what each state means when a process dies in it."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from uuid import uuid4

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.contents import Contents
from chatsrv.services.people import Person
from chatsrv.services.quotas import Quotas
from storage.base import Collection, Missing, Record, Stale, Storage

ATTACHMENTS = Collection("attachments", indexes=(("owner", "added"), ("owner",), ("state", "since"), ("content",)))
"""An attachment that is still coming, or going, has no owner. ``version`` counts its changes."""

COMING, LOOSE, UNSURE, HELD, GOING = "coming", "loose", "unsure", "held", "going"
"""Its bytes are on their way; nothing holds it; something may hold it; something does; it is being removed."""

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BATCH = 1000


class AttachmentRecords:
    """Changes records by comparing and setting, so that no two processes undo each other's work."""

    def __init__(
        self, storage: Storage, contents: Contents, quotas: Quotas, clock: Clock, *, person_bytes: int
    ) -> None:
        self._storage = storage
        self._contents = contents
        self._quotas = quotas
        self._clock = clock
        self._person_bytes = person_bytes

    async def get(self, id: str, field: str | None = None) -> Record:
        """Return the record. Raises Problem NO_SUCH_ATTACHMENT, of ``field`` if that is where the id stood."""
        try:
            return await self._storage.get(ATTACHMENTS.name, id if ID.fullmatch(id) else "")
        except Missing:
            raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=field and id) from None

    async def try_change(self, id: str, decide: Callable[[Record], Record]) -> None:
        """Change what is there; that something is gone is no problem to who lets it go."""
        with suppress(Problem):
            await self.change(id, decide)

    async def page(self, owner: int, skip: int, limit: int) -> list[Record]:
        """Return some of a person's own, latest first."""
        where = {"owner": owner}
        return await self._storage.find(ATTACHMENTS.name, where, order="added", skip=skip, limit=limit)

    async def resting(self, state: str, before: int) -> list[Record]:
        """Return some that have been in this state since before that time, longest first."""
        where = {"state": state}
        found = await self._storage.find(ATTACHMENTS.name, where, order="since", descending=False, limit=_BATCH)
        return [record for record in found if record["since"] < before]

    async def begin(self, person: Person) -> Record:
        """Store and return the record of an attachment that is coming."""
        now, own = self._clock(), uuid4()
        record: Record = {
            "id": str(own), "owner": None, "state": COMING, "since": now, "added": now, "holders": [], "version": 0,
            "own": own.hex, "content": None, "leaving": [], "charged": 0, "payer": person.id,
            "name": "", "type": "", "size": 0, "width": 0, "height": 0, "thumbnail": False, "link": "", "digest": "",
        }  # fmt: skip
        await self._storage.insert(ATTACHMENTS.name, record)
        return record

    async def charge(self, person: Person, size: int) -> None:
        """Take from the person's room. Raises Problem TOO_MANY_FILES."""
        await self._quotas.take(_account(person.id), size, self._person_bytes, Code.TOO_MANY_FILES)

    async def room(self, person: Person) -> int:
        """How many bytes the person may still bring."""
        return max(0, self._person_bytes - await self._quotas.used(_account(person.id)))

    async def change(self, id: str, decide: Callable[[Record], Record]) -> Record:
        """Change what ``decide`` says of the latest record and return it. Raises Problem NO_SUCH_ATTACHMENT."""
        while True:
            now = await self.get(id)
            changes = decide(now) | {"since": self._clock(), "version": now["version"] + 1}
            try:
                return await self._storage.update(ATTACHMENTS.name, id, changes, where={"version": now["version"]})
            except Stale:
                continue
            except Missing:
                raise Problem(Code.NO_SUCH_ATTACHMENT) from None

    async def erase(self, record: Record) -> None:
        """Remove what is going, with its bytes unless another has the same."""
        for content in record["leaving"]:
            await self._contents.drop(content)
        if await self._storage.delete(ATTACHMENTS.name, record["id"]) and record["charged"]:
            await self._quotas.give_back(_account(record["payer"]), record["charged"])

    async def abandon(self, id: str) -> None:
        """Remove what was coming and shall not come."""
        await self.erase(await self.change(id, going))


def going(now: Record) -> Record:
    """Return the changes that begin the end of an attachment."""
    leaving = sorted({*now["leaving"], now["own"], *filter(None, [now["content"]])})
    return {"owner": None, "state": GOING, "content": None, "leaving": leaving, "holders": []}


def held(holders: Iterable[str]) -> Record:
    """Return the changes that leave it to these holders."""
    kept = list(holders)
    return {"holders": kept, "state": HELD if kept else LOOSE}


def _account(person: int) -> str:
    return f"person:{person}"
