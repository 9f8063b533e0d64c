"""Webhooks: requests that a chat's admin, or a person for their own notifications, has this server make."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.chats import Chats
from chatsrv.services.people import People, Person
from chatsrv.services.rooms import Room, user_stream
from chatsrv.services.streams import Streams
from chatsrv.services.webhook_posting import Posting
from chatsrv.services.webhook_records import ACTIVE, Delivery, WebhookRecords, new_record
from chatsrv.services.webhook_signing import new_signing_secret
from chatsrv.services.webhook_targets import Targets
from storage.base import Record

CHAT_EVENTS = (
    *("message.new", "message.edited", "message.deleted", "message.voted"),
    *("chat.updated", "chat.joined", "chat.left", "goal.shared", "goal.progress", "goal.unshared"),
)
OWN_EVENTS = ("notification.new", "notification.read")
_KEPT_SECRETS = 3


class Webhook(NamedTuple):
    """A registered webhook; ``secret`` is told when it is made or rotated, and never again.

    ``failures`` counts the deliveries given up since one went well; ``due`` is when the next attempt may be made (Unix
    milliseconds), 0 for at once.
    """

    id: str
    stream: str
    url: str
    events: Sequence[str]
    active: bool
    created: int
    failures: int
    due: int
    secret: str | None = None


class Standing(Enum):
    """Whether what a webhook's owner may hear may be sent: yes, not now, never again."""

    GOOD = "good"
    RESTING = "resting"
    LOST = "lost"


class Bounds(NamedTuple):
    """How many webhooks a chat and a person may have, and how long an old secret signs beside a new one."""

    per_chat: int
    per_person: int
    rotation_milliseconds: int


class Webhooks:
    """What may be done with webhooks, and by whom: a chat's are its admin's."""

    def __init__(
        self,
        records: WebhookRecords,
        streams: Streams,
        people: People,
        chats: Chats,
        posting: Posting,
        targets: Targets,
        changed: Callable[[Record], None],
        clock: Clock,
        bounds: Bounds,
    ) -> None:
        """``changed`` is told of each webhook that is new or switched on again."""
        self._records = records
        self._streams = streams
        self._people = people
        self._chats = chats
        self._posting = posting
        self._targets = targets
        self._changed = changed
        self._clock = clock
        self._bounds = bounds

    async def add_to_chat(self, person: Person, room: Room, url: str, events: Sequence[str]) -> Webhook:
        """Have a chat's events sent to a URL from now on.

        Raises Problem NO_SUCH_CHAT, ONLY_ADMIN, BAD_WEBHOOK_ADDRESS, TOO_MANY_WEBHOOKS.
        """
        await self._chats.administer(person.id, room)
        if await self._records.count(stream=room.stream) >= self._bounds.per_chat:
            raise Problem(Code.TOO_MANY_WEBHOOKS, data=self._bounds.per_chat)
        return await self._add(person, room.stream, url, events or CHAT_EVENTS)

    async def add_own(self, person: Person, url: str, events: Sequence[str]) -> Webhook:
        """Have one's own notifications sent to a URL from now on. Raises BAD_WEBHOOK_ADDRESS, TOO_MANY_WEBHOOKS."""
        return await self._add(person, user_stream(person.id), url, events or OWN_EVENTS)

    async def of_chat(self, person: Person, room: Room) -> list[Webhook]:
        """Return the chat's webhooks, latest made first. Raises Problem NO_SUCH_CHAT, ONLY_ADMIN."""
        await self._chats.administer(person.id, room)
        found = await self._records.find(stream=room.stream)
        return [show(record) for record in found if record["owner"] == person.id]

    async def own(self, person: Person) -> list[Webhook]:
        """Return those for the person's own notifications, latest made first."""
        return [show(record) for record in await self._records.find(stream=user_stream(person.id))]

    async def remove(self, person: Person, id: str) -> None:
        """Remove one's own webhook. Raises Problem NO_SUCH_WEBHOOK."""
        await self._records.remove((await self._of(person, id))["id"])

    async def rotate(self, person: Person, id: str) -> Webhook:
        """Give one's own webhook a new secret; the old one signs too for a while. Raises Problem NO_SUCH_WEBHOOK."""
        await self._of(person, id)
        secret, now = new_signing_secret(), self._clock()
        until = now + self._bounds.rotation_milliseconds

        def decide(record: Record) -> Record:
            old = [one | {"until": min(until, one["until"] or until)} for one in record["secrets"]]
            valid = [one for one in old if one["until"] > now]
            return {"secrets": [{"key": secret, "until": None}, *valid][:_KEPT_SECRETS]}

        return show(await self._records.edit(id, decide))._replace(secret=secret)

    async def enable(self, person: Person, id: str, *, skip: bool) -> Webhook:
        """Switch one's own webhook on again: it gets what it missed, or, with ``skip``, only what comes from now on.

        Raises Problem NO_SUCH_WEBHOOK.
        """
        stream = (await self._of(person, id))["stream"]
        head = await self._streams.head(stream)

        def decide(record: Record) -> Record:
            skipped = {"since": head, "base": head} if skip else {}
            # Whoever holds it loses it, and can not undo this with what it knows.
            return {"state": ACTIVE, "attempts": 0, "failures": 0, "due": 0, "holder": ""} | skipped

        record = await self._records.edit(id, decide)
        self._changed(record)
        return show(record)

    async def ping(self, person: Person, id: str) -> Delivery:
        """Send a test now, also to one that is switched off; say how it fared. Raises Problem NO_SUCH_WEBHOOK."""
        return await self._posting.ping(await self._of(person, id))

    async def deliveries(self, person: Person, id: str) -> list[Delivery]:
        """Return the latest deliveries of one's own webhook, latest first. Raises Problem NO_SUCH_WEBHOOK."""
        record = await self._of(person, id)
        return [Delivery(**made) for made in reversed(record["deliveries"])]

    async def forget(self, person: Person) -> None:
        """Remove all that the person has."""
        while records := await self._records.find(owner=person.id):
            for record in records:
                await self._records.remove(record["id"])

    async def standing(self, record: Record) -> Standing:
        """Say whether its owner may still hear what it is sent."""
        try:
            owner = await self._people.get(record["owner"])
            if record["stream"] != user_stream(owner.id):
                await self._chats.administer(owner.id, Room.parse(record["stream"]))
        except Problem:
            return Standing.LOST
        if owner.deleted:
            return Standing.LOST
        return Standing.RESTING if owner.disabled else Standing.GOOD

    async def _add(self, person: Person, stream: str, url: str, events: Sequence[str]) -> Webhook:
        self._targets.check(url)
        if await self._records.count(owner=person.id) >= self._bounds.per_person:
            raise Problem(Code.TOO_MANY_WEBHOOKS, data=self._bounds.per_person)
        secret, head = new_signing_secret(), await self._streams.head(stream)
        record = new_record(person.id, stream, url, sorted(set(events)), secret, head, self._clock())
        await self._records.insert(record)
        self._changed(record)
        return show(record)._replace(secret=secret)

    async def _of(self, person: Person, id: str) -> Record:
        """Load and permit: to anyone else, and to who lost the chat, it does not exist. Raises NO_SUCH_WEBHOOK."""
        record = await self._records.get(id)
        if record["owner"] != person.id or await self.standing(record) is Standing.LOST:
            raise Problem(Code.NO_SUCH_WEBHOOK)
        return record


def show(record: Record) -> Webhook:
    """Show a stored webhook."""
    shown = {name: record[name] for name in ("id", "stream", "url", "events", "created", "failures", "due")}
    return Webhook(**shown, active=record["state"] == ACTIVE)
