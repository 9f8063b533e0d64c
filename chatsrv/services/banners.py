"""Banners: what the server's keepers tell everybody; an inactive one is a draft that only they read."""

from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code
from chatsrv.services.audit import Audit
from chatsrv.services.board import LIVING, Board, Fields
from chatsrv.services.paging import Page
from chatsrv.services.people import Person
from chatsrv.services.roles import Right
from chatsrv.services.streams import Streams
from storage.base import Entry, Storage

BANNER = "banner"
_ACTIVE = 2
_BLANK: Fields = {"active": False, "type": "", "title": "", "content": ""}


class Banner(NamedTuple):
    """A banner; everybody else sees of an inactive or deleted one only that it is not to be shown."""

    id: int
    active: bool
    type: str
    title: str
    content: str
    created: int
    deleted: bool
    seq: int
    rev: int


class Banners:
    """What may be done with banners, and by whom."""

    def __init__(self, storage: Storage, streams: Streams, audit: Audit, clock: Clock) -> None:
        self._board: Board[Banner] = Board(
            storage,
            streams,
            audit,
            clock,
            kind=BANNER,
            right=Right.BANNERS,
            missing=Code.NO_SUCH_BANNER,
            show=_to_everybody,
            marks=_marks,
        )

    async def create(self, person: Person, *, nonce: str | None = None, **fields: Any) -> Banner:
        """Make a banner, shown to everybody connected if it is active. Raises Problem FORBIDDEN."""
        return _show(await self._board.put(person, fields, nonce=nonce))

    async def edit(self, person: Person, id: int, changes: Fields) -> Banner:
        """Change it. Raises Problem FORBIDDEN, NO_SUCH_BANNER."""
        return _show(await self._board.change(person, id, changes))

    async def delete(self, person: Person, id: int) -> None:
        """Remove it. Raises Problem FORBIDDEN, NO_SUCH_BANNER."""
        await self._board.take_down(person, id, _BLANK)

    async def active(self) -> list[Banner]:
        """Return what is to be shown, latest first, a page of them."""
        return [_show(entry) for entry in (await self._board.page(mark=_ACTIVE)).items]

    async def page(self, person: Person, number: int, before: int | None) -> Page[Banner]:
        """Return a page of all, drafts too. Raises Problem FORBIDDEN."""
        Right.BANNERS.demand(person)
        page = await self._board.page(number, before)
        return Page([_show(entry) for entry in page.items], page.more)


def _marks(fields: Fields) -> tuple[int, ...]:
    return (LIVING, _ACTIVE) if fields["active"] else (LIVING,)


def _to_everybody(entry: Entry) -> Banner:
    banner = _show(entry)
    return banner if banner.active else banner._replace(**_BLANK)


def _show(entry: Entry) -> Banner:
    fields = {name: entry.fields[name] for name in ("active", "type", "title", "content", "created", "deleted")}
    return Banner(entry.id, **fields, seq=entry.seq, rev=entry.rev)
