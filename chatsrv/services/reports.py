"""Reports: a message that somebody finds bad goes to the moderators, of whom one decides, once.

An entry of the moderators' stream for each message that was reported, with what it said then: whoever wrote it can not
edit that away. It is blank again once it is decided.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.attachments import Attachments
from chatsrv.services.audit import Audit
from chatsrv.services.errands import Errands
from chatsrv.services.messages import MESSAGE, Messages
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import MODERATORS
from chatsrv.services.streams import Change, Streams
from storage.base import Duplicate, Entry, Missing, Record, Storage

REPORT = "report"
PENDING, DISMISSED, REMOVED = "pending", "dismissed", "removed"
_WAITS, _UNFINISHED = 1, 2
"""Marks of what waits for a decision, and of what was decided and not yet carried out; the others are who reported."""

_MOST_REASONS = 20
_BATCH = 500


class Report(NamedTuple):
    """A message and why it was reported, nothing of where it stands nor who reported it; times in Unix milliseconds.

    ``text``, ``attachments`` and ``reasons`` are empty once it is decided; ``moderator`` is a nickname, "" before.
    """

    id: int
    message_id: int
    author: Card
    written: int
    text: str
    attachments: Sequence[Record]
    reasons: Sequence[str]
    reporters: int
    state: str
    moderator: str
    created: int
    decided: int
    seq: int
    rev: int


class Reports:
    """What may be done with reports, and by whom."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        messages: Messages,
        attachments: Attachments,
        audit: Audit,
        errands: Errands,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._messages = messages
        self._audit = audit
        self._clock = clock
        attachments.show_also(MESSAGE, self._sees)
        errands.add(self.finish)
        streams.register(REPORT, "report.pending", self._present, ends=frozenset({"report.decided"}))

    async def report(self, person: Person, message: int, reason: str) -> None:
        """Put a message that the person may read into the moderators' queue; again by the same person changes nothing.

        Raises Problem NO_SUCH_MESSAGE, MESSAGE_DELETED, NOT_YOURSELF.
        """
        entry, _ = await self._messages.of(person, message)
        if entry.author == person.id:
            raise Problem(Code.NOT_YOURSELF)
        if entry.fields["deleted"]:
            raise Problem(Code.MESSAGE_DELETED)
        author = (await self._people.get(entry.author)).card
        fields, marks = self._fields(entry, person, reason), (_WAITS, person.id)
        try:
            await self._streams.append(
                MODERATORS,
                REPORT,
                author=entry.author,
                fields=fields,
                view=lambda now: _show(now, author, ""),
                key=_key(message),
                marks=marks,
            )
        except Duplicate:
            await self._report_again(person, fields, author)

    async def queue(self, moderator: Person, number: int = 1, before: int | None = None) -> Page[Report]:
        """Return a page of what waits, oldest first: by number, or after this one. Raises Problem FORBIDDEN."""
        Right.MODERATE.demand(moderator)
        waiting = await self._waiting()
        start = PAGE * (number - 1)
        if before is not None:
            start, waiting = 0, [entry for entry in waiting if entry.id > before]
        shown = await self._present(waiting[start : start + PAGE], moderator.id)
        return Page(shown, len(waiting) > start + PAGE)

    async def dismiss(self, moderator: Person, id: int) -> Report:
        """Leave the message as it is. Raises Problem FORBIDDEN, NO_SUCH_REPORT, REPORT_DECIDED, NOT_YOURSELF."""
        return await self._decide(moderator, id, DISMISSED)

    async def remove(self, moderator: Person, id: int) -> Report:
        """Remove the message from its room. Raises Problem FORBIDDEN, NO_SUCH_REPORT, REPORT_DECIDED, NOT_YOURSELF."""
        return await self._decide(moderator, id, REMOVED)

    async def finish(self) -> None:
        """Carry out what was decided by moderators whose process died before it could."""
        while entries := await self._storage.marked(REPORT, _UNFINISHED, limit=_BATCH):
            for entry in entries:
                await self._carry_out(entry)

    async def forget(self, person: Person) -> None:
        """Let go of somebody: what waits of their messages is removed, and their own reasons are blank."""
        below: int | None = None
        while entries := await self._storage.page(MODERATORS, REPORT, author=person.id, below=below, limit=_BATCH):
            for entry in entries:
                await self._change(entry, 0, _removed)
            below = entries[-1].ordinal
        while entries := await self._storage.marked(REPORT, person.id, limit=_BATCH):
            for entry in entries:
                await self._change(entry, 0, lambda now: _without(now, person.id))

    async def _report_again(self, person: Person, fields: Record, author: Card) -> None:
        entry = (await self._storage.keyed(MODERATORS, [_key(fields["message"])]))[_key(fields["message"])]

        def decide(now: Entry) -> Change | None:
            if person.id in now.marks:
                return None
            marks = tuple(sorted({*now.marks, _WAITS, person.id}))
            count = now.fields["count"] + 1
            if now.fields["state"] != PENDING:
                return Change("report.pending", fields | {"count": count}, marks)
            reasons = [*now.fields["reasons"], *fields["reasons"]][:_MOST_REASONS]
            return Change("report.pending", now.fields | {"reasons": reasons, "count": count}, marks)

        await self._streams.change(entry, decide, author=person.id, view=lambda now: _show(now, author, ""))

    async def _decide(self, moderator: Person, id: int, state: str) -> Report:
        Right.MODERATE.demand(moderator)
        entry = await self._entry(id)
        if entry.author == moderator.id:
            raise Problem(Code.NOT_YOURSELF)

        def decide(now: Entry) -> Change | None:
            if (now.fields["state"], now.fields["moderator"]) == (state, moderator.id):
                return None  # a retry of what this moderator has decided already
            if now.fields["state"] != PENDING:
                raise Problem(Code.REPORT_DECIDED)
            marks = tuple(sorted({*now.marks, _UNFINISHED} - {_WAITS}))
            decision = {"state": state, "moderator": moderator.id, "decided": self._clock()}
            return Change("report.decided", now.fields | decision | _blank(), marks)

        decided = await self._carry_out(await self._change(entry, moderator.id, decide))
        return (await self._present([decided], moderator.id))[0]

    async def _carry_out(self, entry: Entry) -> Entry:
        """Note what was decided and do it; each step may be done again by whoever finishes for one that died."""
        if _UNFINISHED not in entry.marks:
            return entry
        fields = entry.fields
        moderator = await self._people.get(fields["moderator"])
        thing, once = f"{MESSAGE}:{fields['message']}", f"{REPORT}:{entry.id}:{fields['decided']}"
        action = f"report.{fields['state']}"
        await self._audit.note(action, actor=moderator, person=entry.author, thing=thing, once=once)
        if fields["state"] == REMOVED:
            await self._messages.bury(fields["message"], by=moderator.id)

        def decide(now: Entry) -> Change | None:
            if _UNFINISHED not in now.marks:
                return None
            return Change("report.decided", now.fields, tuple(one for one in now.marks if one != _UNFINISHED))

        return await self._change(entry, moderator.id, decide)

    async def _change(self, entry: Entry, by: int, decide: Any) -> Entry:
        author = (await self._people.get(entry.author)).card
        names = {id: card.nickname for id, card in (await self._people.cards([by, entry.fields["moderator"]])).items()}

        def view(now: Entry) -> Report:
            return _show(now, author, names.get(now.fields["moderator"], ""))

        return await self._streams.change(entry, decide, author=by, view=view)

    def _fields(self, message: Entry, person: Person, reason: str) -> Record:
        now, said = self._clock(), message.fields
        return {
            "message": message.id,
            "written": said["created"],
            "text": said["text"],
            "attachments": list(said.get("attachments", ())),
            "reasons": [{"by": person.id, "text": reason}],
            "count": 1,
            "state": PENDING,
            "moderator": 0,
            "created": now,
            "decided": 0,
        }

    async def _waiting(self) -> list[Entry]:
        waiting: list[Entry] = []
        below: int | None = None
        while entries := await self._storage.marked(REPORT, _WAITS, below=below, limit=_BATCH):
            waiting += entries
            below = entries[-1].id
        return waiting[::-1]

    async def _entry(self, id: int) -> Entry:
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(Code.NO_SUCH_REPORT) from None
        if entry.kind != REPORT:
            raise Problem(Code.NO_SUCH_REPORT)
        return entry

    async def _sees(self, person: Person, message: str) -> bool:
        """Let moderators see what is attached to a message while its report waits."""
        if person.role < Right.MODERATE.role:
            return False
        key = _key(int(message))
        entry = (await self._storage.keyed(MODERATORS, [key])).get(key)
        return entry is not None and entry.fields["state"] == PENDING

    async def _present(self, entries: Sequence[Entry], person: int) -> list[Report]:
        cards = await self._people.cards(id for entry in entries for id in (entry.author, entry.fields["moderator"]))
        names = {id: card.nickname for id, card in cards.items()}
        return [_show(entry, cards[entry.author], names.get(entry.fields["moderator"], "")) for entry in entries]


def _key(message: int) -> str:
    return f"{REPORT}:{message}"


def _blank() -> Record:
    return {"text": "", "attachments": [], "reasons": []}


def _removed(now: Entry) -> Change | None:
    """Close what waits because its message goes with its author; nobody decided that."""
    if now.fields["state"] != PENDING:
        return None
    marks = tuple(one for one in now.marks if one != _WAITS)
    return Change("report.decided", now.fields | {"state": REMOVED} | _blank(), marks)


def _without(now: Entry, person: int) -> Change | None:
    if person not in now.marks:
        return None
    reasons = [one for one in now.fields["reasons"] if one["by"] != person]
    marks = tuple(one for one in now.marks if one != person)
    event = "report.pending" if now.fields["state"] == PENDING else "report.decided"
    return Change(event, now.fields | {"reasons": reasons}, marks)


def _show(entry: Entry, author: Card, moderator: str) -> Report:
    fields = entry.fields
    return Report(
        entry.id,
        fields["message"],
        author,
        fields["written"],
        fields["text"],
        fields["attachments"],
        [reason["text"] for reason in fields["reasons"]],
        fields["count"],
        fields["state"],
        moderator,
        fields["created"],
        fields["decided"],
        entry.seq,
        entry.rev,
    )
