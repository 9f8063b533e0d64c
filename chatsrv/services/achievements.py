"""Achievements: a student submits one, one moderator decides it, once; entries of the moderators' stream."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.services.attachments import Attachments, Holding
from chatsrv.services.audit import Audit
from chatsrv.services.ledger import ACCEPTED, ACHIEVEMENT, PENDING, REJECTED
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import Card, People, Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import MODERATORS
from chatsrv.services.streams import Change, Streams
from storage.base import Entry, Missing, Record, Storage

_PROOFS = frozenset({"image/png", "image/jpeg", "application/pdf"})
_LATELY = 200
_EMPTY = {"title": "", "description": "", "proof": None, "state": REJECTED, "points": 0, "reason": ""}
_DAY_MILLISECONDS = 86_400_000


class Achievement(NamedTuple):
    """What a student has achieved, or says so: ``state`` is pending, accepted or rejected; times in milliseconds.

    ``points`` are 0 unless it is accepted, ``reason`` is "" unless it is rejected, ``moderator`` a nickname, "" while
    it is pending, and ``decided`` 0.
    """

    id: int
    student: Card
    title: str
    description: str
    kind: str
    proof: Record | None
    state: str
    points: int
    reason: str
    moderator: str
    created: int
    decided: int
    seq: int
    rev: int


class Achievements:
    """What may be done with achievements, and by whom."""

    def __init__(
        self,
        storage: Storage,
        streams: Streams,
        people: People,
        attachments: Attachments,
        notifications: Notifications,
        audit: Audit,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._attachments = attachments
        self._notifications = notifications
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._told = -1
        attachments.register(ACHIEVEMENT, Holding(self._shows, self._has))
        streams.register(ACHIEVEMENT, "achievement.pending", self.present, ends=frozenset({"achievement.moderated"}))

    async def submit(
        self, person: Person, title: str, description: str, kind: str, proof: str = "", *, nonce: str | None = None
    ) -> Achievement:
        """Put it into the queue of every moderator; the same nonce again returns the same achievement.

        ``proof`` is one of the student's own attachments, "" for none. Raises Problem NO_SUCH_ATTACHMENT, BAD_PROOF.
        """
        id = self._ids()
        proofs = [proof] if proof else []
        for one in proofs:
            await self._check_proof(person, one)
        claimed = await self._attachments.claim(person.id, proofs, _holder(id), field="proof") if proofs else []
        fields = {"title": title, "description": description, "kind": kind, "proof": claimed[0] if claimed else None}
        entry = await self._streams.append(
            MODERATORS,
            ACHIEVEMENT,
            author=person.id,
            fields=fields | {"state": PENDING, "created": self._clock()} | _undecided(),
            view=lambda entry: _show(entry, person.card, ""),
            nonce=nonce,
            id=id,
        )
        await self._settle(entry, id, proofs)
        return await self._shown(entry)

    async def accept(self, moderator: Person, id: int, points: int) -> Achievement:
        """Accept it: the student gets the points and is told. Raises Problem FORBIDDEN, ALREADY_MODERATED."""
        return await self._decide(moderator, id, {"state": ACCEPTED, "points": points})

    async def reject(self, moderator: Person, id: int, reason: str) -> Achievement:
        """Reject it: the student is told. Raises Problem FORBIDDEN, NO_SUCH_ACHIEVEMENT, ALREADY_MODERATED."""
        return await self._decide(moderator, id, {"state": REJECTED, "reason": reason})

    async def details(self, person: Person, id: int) -> Achievement:
        """Return one that is one's own, or accepted, or any to a moderator. Raises Problem NO_SUCH_ACHIEVEMENT."""
        entry = await self.entry(id)
        if not (_may_see(person, entry) or entry.fields["state"] == ACCEPTED):
            raise Problem(Code.NO_SUCH_ACHIEVEMENT)
        return shown_to(person, await self._shown(entry))

    async def tell_again(self) -> None:
        """Tell of what was decided in the last day: whoever decided it may have died before. Nobody is told twice."""
        since = self._clock() - _DAY_MILLISECONDS
        if self._told < 0:
            self._told = max(0, await self._streams.head(MODERATORS) - _LATELY)
        while entries := await self._storage.changes(MODERATORS, self._told, _LATELY):
            for entry in entries:
                if entry.kind == ACHIEVEMENT and entry.fields["decided"] > since and entry.fields["title"]:
                    await self._tell(entry)
                self._told = entry.rev

    async def _decide(self, moderator: Person, id: int, decision: dict[str, Any]) -> Achievement:
        Right.MODERATE.demand(moderator)
        entry = await self.entry(id)
        wanted = decision | {"moderator": moderator.id}

        def decide(now: Entry) -> Change | None:
            if wanted.items() <= now.fields.items():
                return None  # a retry of what this moderator has decided already
            if now.fields["state"] != PENDING:
                raise Problem(Code.ALREADY_MODERATED)
            marks = (now.author,) if decision["state"] == ACCEPTED else ()
            return Change("achievement.moderated", now.fields | wanted | {"decided": self._clock()}, marks)

        student = (await self._people.get(entry.author)).card
        decided = await self._streams.change(
            entry, decide, author=moderator.id, view=lambda now: _show(now, student, moderator.nickname)
        )
        await self._tell(decided)
        return _show(decided, student, moderator.nickname)

    async def forget(self, person: Person) -> None:
        """Blank all that somebody who goes has ever submitted; it counts for nobody, and no moderator waits for it."""
        below: int | None = None
        while entries := await self._storage.page(
            MODERATORS, ACHIEVEMENT, author=person.id, below=below, limit=_LATELY
        ):
            for entry in entries:
                await self._blank(person, entry)
            below = entries[-1].ordinal

    async def _blank(self, person: Person, entry: Entry) -> None:
        moderator = (await self._people.cards([entry.fields["moderator"]])).get(entry.fields["moderator"])
        name = moderator.nickname if moderator else ""

        def decide(now: Entry) -> Change | None:
            fields = now.fields | _EMPTY
            return Change("achievement.moderated", fields, ()) if fields != now.fields else None

        await self._streams.change(entry, decide, author=person.id, view=lambda now: _show(now, person.card, name))

    async def _tell(self, entry: Entry) -> None:
        fields, moderator = entry.fields, await self._people.get(entry.fields["moderator"])
        await self._audit.note(
            f"{ACHIEVEMENT}.{fields['state']}",
            actor=moderator,
            person=entry.author,
            thing=_holder(entry.id),
            data={"points": fields["points"]},
            once=_holder(entry.id),
        )
        data = {"name": fields["title"], "achievement_id": entry.id}
        data |= {"points": fields["points"]} if fields["state"] == ACCEPTED else {"reason": fields["reason"]}
        await self._notifications.notify(entry.author, fields["state"], data, once=_holder(entry.id))

    async def entry(self, id: int) -> Entry:
        """Return the entry of an achievement. Raises Problem NO_SUCH_ACHIEVEMENT."""
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(Code.NO_SUCH_ACHIEVEMENT) from None
        if entry.kind != ACHIEVEMENT:
            raise Problem(Code.NO_SUCH_ACHIEVEMENT)
        return entry

    async def _check_proof(self, person: Person, id: str) -> None:
        try:
            attachment = await self._attachments.open(person, id)
        except Problem as problem:
            raise Problem(problem.faults[0].code, field="proof") from None
        if attachment.type not in _PROOFS:
            raise Problem(Code.BAD_PROOF, field="proof")

    async def _settle(self, entry: Entry, claimed: int, proofs: Sequence[str]) -> None:
        """Confirm what it holds; a retry finds the one that was submitted first, under another id."""
        if entry.id != claimed:
            await self._attachments.release(proofs, _holder(claimed))
        await self._attachments.settle(proofs, _holder(entry.id))

    async def _shows(self, person: Person, id: str) -> bool:
        try:
            return _may_see(person, await self.entry(int(id)))
        except Problem:
            return False

    async def _has(self, id: str, attachment: str) -> bool:
        try:
            proof = (await self.entry(int(id))).fields["proof"]
        except Problem:
            return False
        return proof is not None and proof["id"] == attachment

    async def _shown(self, entry: Entry) -> Achievement:
        return (await self.present([entry], entry.author))[0]

    async def present(self, entries: Sequence[Entry], person: int) -> list[Achievement]:
        """Show entries of achievements, to all who may see them alike."""
        cards = await self._people.cards(id for entry in entries for id in (entry.author, entry.fields["moderator"]))
        names = {id: card.nickname for id, card in cards.items()} | {0: ""}
        return [_show(entry, cards[entry.author], names[entry.fields["moderator"]]) for entry in entries]


def _undecided() -> dict[str, Any]:
    return {"points": 0, "reason": "", "moderator": 0, "decided": 0}


def _holder(id: int) -> str:
    return f"{ACHIEVEMENT}:{id}"


def _may_see(person: Person, entry: Entry) -> bool:
    """Say whether the person sees all of it, its proof included."""
    return person.id == entry.author or person.role >= Right.MODERATE.role


def shown_to(viewer: Person, one: Achievement) -> Achievement:
    """Hide the proof from those who may not open it."""
    mine = viewer.id == one.student.id or viewer.role >= Right.MODERATE.role
    return one if mine else one._replace(proof=None)


def _show(entry: Entry, student: Card, moderator: str) -> Achievement:
    fields = entry.fields
    return Achievement(
        entry.id,
        student,
        fields["title"],
        fields["description"],
        fields["kind"],
        fields["proof"],
        fields["state"],
        fields["points"],
        fields["reason"],
        moderator,
        fields["created"],
        fields["decided"],
        entry.seq,
        entry.rev,
    )
