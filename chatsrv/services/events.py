"""School events: announced to everybody, live and by a notification."""

from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code
from chatsrv.services.announcements import Announcements
from chatsrv.services.audit import Audit
from chatsrv.services.board import Board, Fields
from chatsrv.services.errands import Errands
from chatsrv.services.paging import Page
from chatsrv.services.people import Person
from chatsrv.services.roles import Right
from chatsrv.services.streams import Streams
from storage.base import Entry, Storage

EVENT = "event"
_BLANK = {"name": "", "description": "", "place": "", "starts": None}


class SchoolEvent(NamedTuple):
    """An event; ``starts`` in Unix milliseconds, None when it is not known."""

    id: int
    name: str
    description: str
    place: str
    starts: int | None
    created: int
    deleted: bool
    seq: int
    rev: int


class SchoolEvents:
    """What may be done with school events, and by whom."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        announcements: Announcements,
        errands: Errands,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._announcements = announcements
        self._announced: set[int] = set()
        errands.add(self.announce_again)
        self.board: Board[SchoolEvent] = Board(
            storage, streams, audit, clock, kind=EVENT, right=Right.EVENTS, missing=Code.NO_SUCH_EVENT, show=_show
        )

    async def create(self, person: Person, *, nonce: str | None = None, **fields: Any) -> SchoolEvent:
        """Announce an event; everybody is notified in the background, once. Raises Problem FORBIDDEN."""
        entry = await self.board.put(person, fields, nonce=nonce)
        await self._announce(entry)
        return _show(entry)

    async def get(self, id: int) -> SchoolEvent:
        """Return an event. Raises Problem NO_SUCH_EVENT."""
        return _show(await self.board.entry(id))

    async def edit(self, person: Person, id: int, changes: Fields) -> SchoolEvent:
        """Change it. Raises Problem FORBIDDEN, NO_SUCH_EVENT."""
        return _show(await self.board.change(person, id, changes))

    async def delete(self, person: Person, id: int) -> None:
        """Remove it. Raises Problem FORBIDDEN, NO_SUCH_EVENT."""
        await self.board.take_down(person, id, _BLANK)

    async def page(self, number: int = 1, before: int | None = None) -> Page[SchoolEvent]:
        """Return a page of events, latest announced first."""
        page = await self.board.page(number, before)
        return Page([_show(entry) for entry in page.items], page.more)

    async def announce_again(self) -> None:
        """Announce the latest ones: whoever made them may have died before. Nobody is told twice."""
        latest = (await self.board.page()).items
        for entry in latest:
            if entry.id not in self._announced:
                await self._announce(entry)
        self._announced = {entry.id for entry in latest}

    async def _announce(self, entry: Entry) -> None:
        data = {"name": entry.fields["name"], "event_id": entry.id}
        await self._announcements.announce(f"{EVENT}:{entry.id}", "event", data)


def _show(entry: Entry) -> SchoolEvent:
    names = ("name", "description", "place", "starts", "created", "deleted")
    return SchoolEvent(entry.id, **{name: entry.fields[name] for name in names}, seq=entry.seq, rev=entry.rev)
