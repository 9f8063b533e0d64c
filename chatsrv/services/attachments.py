"""Attachments: files and links that belong to somebody, and may be seen with what they are attached to.

What an attachment is attached to holds it: "message:5", "person:7". Whoever attaches says so before the thing is stored
and once more after it; what was in between when a process died is unsure, and is asked for later (`Sweeping`).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from typing import NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.pictures import PICTURES
from chatsrv.services.attachment_records import HELD, ID, LOOSE, UNSURE, AttachmentRecords, going, held
from chatsrv.services.contents import thumbnail_of
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Person
from storage.base import Missing, Record
from storage.files import Files

LINK = "link"
LINK_BYTES = 1000
"""What a link counts for in its owner's room."""

_MOST_HOLDERS = 100
_MOST_THUMBNAIL = 16 * 1024 * 1024
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

    def __init__(self, records: AttachmentRecords, files: Files, *, per_thing: int) -> None:
        self._records = records
        self._files = files
        self._per_thing = per_thing
        self._holdings: dict[str, Holding] = {}
        self._also: dict[str, Callable[[Person, str], Awaitable[bool]]] = {}

    def register(self, kind: str, holding: Holding) -> None:
        """Let things of this kind, called ``kind:id``, hold attachments."""
        self._holdings[kind] = holding

    def show_also(self, kind: str, sees: Callable[[Person, str], Awaitable[bool]]) -> None:
        """Let people see what things of this kind hold for one more reason."""
        self._also[kind] = sees

    async def link(self, person: Person, url: str, name: str) -> Attachment:
        """Make an attachment of an address. Raises Problem TOO_MANY_FILES."""
        await self._records.charge(person, LINK_BYTES)
        record = await self._records.begin(person)
        made = {"owner": person.id, "state": LOOSE, "link": url, "name": name or url, "type": LINK}
        return show(await self._records.change(record["id"], lambda _: made | {"charged": LINK_BYTES}))

    async def open(self, person: Person, id: str) -> Attachment:
        """Return what the person may see. Raises Problem NO_SUCH_ATTACHMENT, also for what they may not see."""
        record = await self._records.get(id)
        if record["owner"] != person.id and not await self._sees(person, record["holders"]):
            raise Problem(Code.NO_SUCH_ATTACHMENT)
        return show(record)

    async def page(self, person: Person, number: int) -> Page[Attachment]:
        """Return a page of one's own, latest first."""
        found = await self._records.page(person.id, PAGE * (number - 1), PAGE + 1)
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
        owner: int,
        ids: Sequence[str],
        holder: str,
        *,
        field: str = "attachments",
        only: frozenset[str] | None = None,
    ) -> list[Record]:
        """Attach the owner's to a thing that is about to be stored; return what the thing shall keep of them.

        ``only`` names the types that it takes. Raises Problem NO_SUCH_ATTACHMENT, NOT_A_PICTURE, ATTACHED, TOO_LONG.
        """
        if len(ids) > self._per_thing:
            raise Problem(Code.TOO_LONG, field=field, data=self._per_thing)
        wanted = list(dict.fromkeys(ids))
        for id in wanted:
            record = await self._records.get(id, field)
            if record["owner"] != owner:
                raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=id)
            if only is not None and record["type"] not in only:
                raise Problem(Code.NOT_A_PICTURE, field=field, data=id)

        def hold(now: Record) -> Record:
            if now["owner"] != owner:
                raise Problem(Code.NO_SUCH_ATTACHMENT, field=field, data=now["id"])
            holders = sorted({*now["holders"], holder})
            if len(holders) > _MOST_HOLDERS:
                raise Problem(Code.ATTACHED, field=field, data=now["id"])
            return {"holders": holders, "state": UNSURE}

        records = [await self._records.change(id, hold) for id in wanted]
        return [{name: record[name] for name in _SHOWN} for record in records]

    async def settle(self, ids: Iterable[str], holder: str) -> None:
        """Confirm what was claimed: the thing is stored, and has them."""
        for id in ids:
            # It may have let go again already.
            await self._records.try_change(id, lambda now: {"state": HELD} if holder in now["holders"] else {})

    async def doubt(self, ids: Iterable[str]) -> None:
        """Announce that the thing which holds them is about to let go of them."""
        for id in ids:
            await self._records.try_change(id, lambda _: {"state": UNSURE})

    async def release(self, ids: Iterable[str], holder: str) -> None:
        """Detach from a thing; what nothing holds any more is removed after a while."""
        for id in ids:
            await self._records.try_change(id, lambda now: held(one for one in now["holders"] if one != holder))

    async def claim_avatar(self, person: Person, old: str, new: str, holder: str) -> None:
        """`claim` the picture that a new avatar names, if it names one of ours and not the old one's; doubt the old."""
        if new != old:
            await self.claim(person.id, named_in([new]), holder, field="avatar", only=PICTURES)
            await self.doubt(named_in([old]))

    async def settle_avatar(self, old: str, new: str, holder: str) -> None:
        """Confirm the new avatar's picture and let the old one's go."""
        if new != old:
            await self.settle(named_in([new]), holder)
            await self.release(named_in([old]), holder)

    async def remove(self, person: Person, id: str) -> None:
        """Remove one's own. Raises Problem NO_SUCH_ATTACHMENT, and ATTACHED for what something holds."""

        def decide(now: Record) -> Record:
            if now["owner"] != person.id:
                raise Problem(Code.NO_SUCH_ATTACHMENT)
            if now["state"] != LOOSE:
                raise Problem(Code.ATTACHED)
            return going(now)

        await self._records.erase(await self._records.change(id, decide))

    async def holders(self, owner: int, kind: str) -> AsyncGenerator[str, None]:
        """Give the ids of the things of this kind that hold something of the owner's."""
        skip = 0
        while records := await self._records.page(owner, skip, PAGE):
            for record in records:
                for holder in record["holders"]:
                    held, _, id = holder.partition(":")
                    if held == kind:
                        yield id
            skip += len(records)

    async def forget(self, person: Person) -> None:
        """Remove everything of somebody who goes, whatever still holds it."""
        while records := await self._records.page(person.id, 0, PAGE):
            for record in records:
                with suppress(Problem):  # somebody else removes it as well
                    await self._records.erase(await self._records.change(record["id"], going))

    async def _sees(self, person: Person, holders: Sequence[str]) -> bool:
        for holder in holders:
            kind, _, id = holder.partition(":")
            if kind in self._holdings and await self._holdings[kind].sees(person, id):
                return True
            if kind in self._also and await self._also[kind](person, id):
                return True
        return False

    async def holds(self, holder: str, attachment: str) -> bool:
        """Ask a holder whether it has the attachment."""
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


def named_in(texts: Iterable[str]) -> list[str]:
    """Return the ids of those attachments that texts name, by the id alone or the address; other texts name none."""
    ids = [text.removeprefix(address_of("")) for text in texts]
    return [id for id in ids if ID.fullmatch(id)]
