"""Attachments: files and links that belong to somebody, and may be seen with what they are attached to.

What an attachment is attached to holds it: "message:5", "person:7". Whoever attaches says so before the thing is stored
and once more after it; what was in between when a process died is unsure, and is asked for later (`sweep`).
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from typing import NamedTuple
from uuid import uuid4

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.pictures import PICTURES
from chatsrv.services.contents import Contents, thumbnail_of
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Person
from chatsrv.services.quotas import Quotas
from storage.base import Collection, Missing, Record, Stale, Storage
from storage.files import Files

ATTACHMENTS = Collection("attachments", indexes=(("owner", "added"), ("owner",), ("state", "since"), ("content",)))
"""An attachment that is still coming, or going, has no owner. ``version`` counts its changes."""

COMING, LOOSE, UNSURE, HELD, GOING = "coming", "loose", "unsure", "held", "going"
LINK = "link"
LINK_BYTES = 1000
"""What a link counts for in its owner's room."""

_HOUR = 3_600_000
_BATCH = 100
_MOST_HOLDERS = 100
_MOST_THUMBNAIL = 16 * 1024 * 1024
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHOWN = ("id", "name", "type", "size", "width", "height", "thumbnail", "link")


class Attachment(NamedTuple):
    """A file, or a link, whose ``type`` is "link". ``digest`` is the SHA-256 of the bytes; times in Unix milliseconds.

    ``thumbnail`` says whether there is one.
    """

    id: str
    name: str
    type: str
    size: int
    width: int
    height: int
    thumbnail: bool
    link: str
    added: int
    attached: bool
    digest: str
    content: str


class Holding(NamedTuple):
    """How one kind of holders answers, by its id: may this person see it; does it have this attachment."""

    sees: Callable[[Person, str], Awaitable[bool]]
    holds: Callable[[str, str], Awaitable[bool]]


class Attachments:
    """What may be done with attachments, and by whom; `Uploads` makes those that are files."""

    def __init__(
        self,
        storage: Storage,
        files: Files,
        contents: Contents,
        quotas: Quotas,
        clock: Clock,
        *,
        person_bytes: int,
        per_thing: int,
        unattached_hours: int,
    ) -> None:
        self._storage = storage
        self._files = files
        self._contents = contents
        self._quotas = quotas
        self._clock = clock
        self._person_bytes = person_bytes
        self._per_thing = per_thing
        self._rests = {COMING: 2 * _HOUR, GOING: _HOUR, UNSURE: _HOUR, LOOSE: unattached_hours * _HOUR}
        self._holdings: dict[str, Holding] = {}

    def register(self, kind: str, holding: Holding) -> None:
        """Let things of this kind, called ``kind:id``, hold attachments."""
        self._holdings[kind] = holding

    async def link(self, person: Person, url: str, name: str) -> Attachment:
        """Make an attachment of an address. Raises Problem TOO_MANY_FILES."""
        await self.charge(person, LINK_BYTES)
        record = await self.begin(person)
        made = {"owner": person.id, "state": LOOSE, "link": url, "name": name or url, "type": LINK}
        return show(await self.change(record["id"], lambda _: made | {"charged": LINK_BYTES}))

    async def open(self, person: Person, id: str) -> Attachment:
        """Return what the person may see. Raises Problem NO_SUCH_ATTACHMENT, also for what they may not see."""
        record = await self._get(id)
        if record["owner"] != person.id and not await self._sees(person, record["holders"]):
            raise Problem(Code.NO_SUCH_ATTACHMENT)
        return show(record)

    async def page(self, person: Person, number: int) -> Page[Attachment]:
        """Return a page of one's own, latest first."""
        where, skip = {"owner": person.id}, PAGE * (number - 1)
        found = await self._storage.find(ATTACHMENTS.name, where, order="added", skip=skip, limit=PAGE + 1)
        return Page([show(record) for record in found[:PAGE]], len(found) > PAGE)

    async def read(self, attachment: Attachment, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Give the bytes from ``start`` to before ``end``. Raises Problem NO_SUCH_ATTACHMENT when it went meanwhile."""
        try:
            async with aclosing(self._files.read(attachment.content, start, end)) as parts:
                async for part in parts:
                    yield part
        except Missing:
            raise Problem(Code.NO_SUCH_ATTACHMENT) from None

    async def read_thumbnail(self, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give the bytes of the thumbnail, a picture in WebP. Raises as `read` does."""
        small = attachment._replace(content=thumbnail_of(attachment.content))
        async with aclosing(self.read(small, 0, _MOST_THUMBNAIL)) as parts:
            async for part in parts:
                yield part

    async def claim(
        self,
        person: Person,
        ids: Sequence[str],
        holder: str,
        *,
        field: str = "attachments",
        only: frozenset[str] | None = None,
    ) -> list[Record]:
        """Attach the person's own to a thing that is about to be stored; return what the thing shall keep of them.

        ``only`` names the types that it takes. Raises Problem NO_SUCH_ATTACHMENT, NOT_A_PICTURE, ATTACHED, TOO_LONG.
        """
        if len(ids) > self._per_thing:
            raise Problem(Code.TOO_LONG, field=field, data=self._per_thing)
        wanted = list(dict.fromkeys(ids))
        for id in wanted:
            record = await self._get(id, field)
            if record["owner"] != person.id:
                raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=id)
            if only is not None and record["type"] not in only:
                raise Problem(Code.NOT_A_PICTURE, field=field, data=id)

        def hold(now: Record) -> Record:
            if now["owner"] != person.id:
                raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=now["id"])
            holders = sorted({*now["holders"], holder})
            if len(holders) > _MOST_HOLDERS:
                raise Problem(Code.ATTACHED, field=field, data=now["id"])
            return {"holders": holders, "state": UNSURE}

        records = [await self.change(id, hold) for id in wanted]
        return [{name: record[name] for name in _SHOWN} for record in records]

    async def settle(self, ids: Iterable[str], holder: str) -> None:
        """Confirm what was claimed: the thing is stored, and has them."""
        for id in ids:
            await self._try_change(id, lambda now: {"holders": sorted({*now["holders"], holder}), "state": HELD})

    async def doubt(self, ids: Iterable[str]) -> None:
        """Announce that the thing which holds them is about to let go of them."""
        for id in ids:
            await self._try_change(id, lambda _: {"state": UNSURE})

    async def release(self, ids: Iterable[str], holder: str) -> None:
        """Detach from a thing; what nothing holds any more is removed after a while."""
        for id in ids:
            await self._try_change(id, lambda now: _held(one for one in now["holders"] if one != holder))

    async def claim_avatar(self, person: Person, old: str, new: str, holder: str) -> None:
        """`claim` the picture that a new avatar names, if it names one of ours and not the old one's; doubt the old."""
        if new != old:
            await self.claim(person, _pictures(new), holder, field="avatar", only=PICTURES)
            await self.doubt(_pictures(old))

    async def settle_avatar(self, old: str, new: str, holder: str) -> None:
        """Confirm the new avatar's picture and let the old one's go."""
        if new != old:
            await self.settle(_pictures(new), holder)
            await self.release(_pictures(old), holder)

    async def remove(self, person: Person, id: str) -> None:
        """Remove one's own. Raises Problem NO_SUCH_ATTACHMENT, and ATTACHED for what something holds."""

        def decide(now: Record) -> Record:
            if now["owner"] != person.id:
                raise Problem(Code.NO_SUCH_ATTACHMENT)
            if now["state"] != LOOSE:
                raise Problem(Code.ATTACHED)
            return _going(now)

        await self.erase(await self.change(id, decide))

    async def sweep(self, now: int) -> None:
        """Remove what was never attached, and finish what processes that died began; ``now`` in Unix milliseconds."""
        for state, rest in self._rests.items():
            for record in await self._resting(state, now - rest):
                if state == UNSURE:
                    await self._ask(record)
                    continue
                await self._discard(record)
        await self._contents.sweep(now - _HOUR)

    # for `Uploads`

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
            now = await self._get(id)
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
        await self.erase(await self.change(id, _going))

    async def _get(self, id: str, field: str | None = None) -> Record:
        try:
            return await self._storage.get(ATTACHMENTS.name, id if ID.fullmatch(id) else "")
        except Missing:
            raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=field and id) from None

    async def _try_change(self, id: str, decide: Callable[[Record], Record]) -> None:
        """Change what is there; that something is gone is no problem to who lets it go."""
        with suppress(Problem):
            await self.change(id, decide)

    async def _sees(self, person: Person, holders: Sequence[str]) -> bool:
        for holder in holders:
            kind, _, id = holder.partition(":")
            if kind in self._holdings and await self._holdings[kind].sees(person, id):
                return True
        return False

    async def _resting(self, state: str, before: int) -> list[Record]:
        """Return some that have been in this state since before that time, longest first."""
        where = {"state": state}
        found = await self._storage.find(ATTACHMENTS.name, where, order="since", descending=False, limit=_BATCH)
        return [record for record in found if record["since"] < before]

    async def _discard(self, record: Record) -> None:
        if record["state"] != GOING:
            try:
                record = await self.change(record["id"], _unless_changed(record, _going(record)))
            except Problem:
                return
        await self.erase(record)

    async def _ask(self, record: Record) -> None:
        """Ask those that may have the attachment whether they do."""
        holders = [holder for holder in record["holders"] if await self._holds(holder, record["id"])]
        await self._try_change(record["id"], _unless_changed(record, _held(holders)))

    async def _holds(self, holder: str, attachment: str) -> bool:
        kind, _, id = holder.partition(":")
        # What holds it may be of a kind that only a newer program knows.
        return kind not in self._holdings or await self._holdings[kind].holds(id, attachment)


def address_of(id: str) -> str:
    """Return where on this server an attachment is read."""
    return f"/attachments/{id}"


def show(record: Record) -> Attachment:
    """Show a stored attachment."""
    shown = {name: record[name] for name in (*_SHOWN, "added", "digest")}
    return Attachment(**shown, attached=bool(record["holders"]), content=record["content"] or "")


def _pictures(avatar: str) -> list[str]:
    """Return the id that an avatar names; none when it is another's address, or empty."""
    id = avatar.removeprefix(address_of(""))
    return [id] if avatar == address_of(id) and ID.fullmatch(id) else []


def _account(person: int) -> str:
    return f"person:{person}"


def _going(now: Record) -> Record:
    leaving = sorted({*now["leaving"], now["own"], *filter(None, [now["content"]])})
    return {"owner": None, "state": GOING, "content": None, "leaving": leaving, "holders": []}


def _held(holders: Iterable[str]) -> Record:
    kept = list(holders)
    return {"holders": kept, "state": HELD if kept else LOOSE}


def _unless_changed(seen: Record, changes: Record) -> Callable[[Record], Record]:
    def decide(now: Record) -> Record:
        if now["version"] != seen["version"]:
            raise Problem(Code.NO_SUCH_ATTACHMENT)
        return changes

    return decide
