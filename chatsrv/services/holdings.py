"""Holdings: everything that the server has of one person, list by list, as it is stored but for what is secret."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.services.applications import APPLICATIONS, CONSENTS
from chatsrv.services.articles import ARTICLE, FORUM
from chatsrv.services.attachment_records import ATTACHMENTS
from chatsrv.services.blocks import BLOCKS
from chatsrv.services.chats import CHAT_KEY
from chatsrv.services.contacts import CONTACTS
from chatsrv.services.diary import DIARY
from chatsrv.services.dreams import DREAMS
from chatsrv.services.goals import GOALS
from chatsrv.services.groups import GROUP_MEMBERS, GROUPS
from chatsrv.services.ledger import ACHIEVEMENT
from chatsrv.services.medals import MEDALS
from chatsrv.services.messages import MESSAGE
from chatsrv.services.notifications import NOTIFICATION
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.places import Places
from chatsrv.services.reports import REPORT
from chatsrv.services.rooms import CHAT, MODERATORS, Room, Rooms, user_stream
from chatsrv.services.sessions import SESSIONS
from chatsrv.services.tasklists import TASKS
from chatsrv.services.webhook_records import WEBHOOKS
from storage.base import Entry, Missing, Record, Storage

_BATCH = 100
_SECRET = frozenset(
    {
        "password_hash",
        "refresh",
        "secret",
        "nickname_key",
        "email_key",
        "pair",
        "place",
        "waiting",
        "nonce",
        "told",
        "secrets",
        "holder",
        "until",
    }
)
_INNER = frozenset({"state", "since", "holders", "version", "own", "content", "leaving", "charged", "payer"})

Items = Callable[[Person], AsyncIterator[Record]]


class Holding(NamedTuple):
    """A list of things of one kind: its name, what a reader is told that it is, and how to read it."""

    name: str
    title: str
    items: Items


class Holdings:
    """Reads in batches: no list is ever in memory as a whole."""

    def __init__(self, storage: Storage, people: People, rooms: Rooms, places: Places) -> None:
        self._storage = storage
        self._people = people
        self._rooms = rooms
        self._places = places
        self.all: Sequence[Holding] = (
            Holding("profile", "Your account", self._profile),
            Holding("messages", "Messages that you wrote, room by room", self._messages),
            Holding("chats", "Chats that you are or were in", self._chats),
            Holding("conversations", "Conversations that you have", self._conversations),
            Holding("votes", "Messages that you voted for", self._votes),
            Holding("articles", "Articles that you wrote", self._articles),
            Holding("notifications", "What you were told", self._notifications),
            Holding("contacts", "People whom you keep at hand", self._records(CONTACTS.name, "owner")),
            Holding("blocked", "People whom you block", self._records(BLOCKS.name, "owner")),
            Holding("reports", "Messages that you reported", self._reports),
            Holding("achievements", "Achievements that you submitted", self._achievements),
            Holding("medals", "Medals that you have", self._records(MEDALS.name, "holder")),
            Holding("groups", "Groups that you are in", self._groups),
            Holding("diary", "Your diary", self._records(DIARY.name)),
            Holding("dreams", "Your dreams", self._records(DREAMS.name)),
            Holding("goals", "Your goals", self._records(GOALS.name)),
            Holding("tasks", "Your tasks", self._records(TASKS.name)),
            Holding("bots", "Bots that you made", self._bots),
            Holding("sessions", "Where you are logged in", self._records(SESSIONS.name)),
            Holding("applications", "Programs that you registered", self._records(APPLICATIONS.name, "owner")),
            Holding("webhooks", "Addresses that you have told of what happens", self._records(WEBHOOKS.name, "owner")),
            Holding("consents", "What you let programs do", self._records(CONSENTS.name)),
            Holding("attachments", "Files and links that you uploaded; their bytes are in files/", self._attachments),
        )

    async def attachments(self, person: Person) -> AsyncIterator[Record]:
        """Give the stored records of the person's attachments."""
        async for record in self._found(ATTACHMENTS.name, "owner", person.id):
            yield record

    async def _profile(self, person: Person) -> AsyncIterator[Record]:
        yield _open(await self._storage.get(PEOPLE.name, person.id))

    async def _messages(self, person: Person) -> AsyncIterator[Record]:
        for room in sorted({*await self._places.ever(person.id), *await self._rooms.every(person.id)}):
            async for entry in self._paged(room.stream, MESSAGE, author=person.id):
                if not entry.fields["deleted"]:
                    yield {"id": entry.id, "room": room.stream, "votes": len(entry.marks)} | _open(entry.fields)

    async def _chats(self, person: Person) -> AsyncIterator[Record]:
        for room in await self._places.ever(person.id):
            if room.kind == CHAT:
                place = (await self._places.of(person.id, [room.stream]))[room.stream]
                chat = (await self._storage.keyed(room.stream, [CHAT_KEY])).get(CHAT_KEY)
                # What it is called today is not theirs to know who left it.
                name = chat.fields["name"] if chat is not None and place.joined else None
                yield {"room": room.stream, "name": name, "joined": place.joined, "muted": place.muted}

    async def _conversations(self, person: Person) -> AsyncIterator[Record]:
        for room in await self._rooms.every(person.id):
            if room.kind != CHAT:
                _, other = await self._rooms.pair(person.id, room.id)
                yield {"room": room.stream, "with": (await self._people.get(other)).nickname, "with_id": other}

    async def _votes(self, person: Person) -> AsyncIterator[Record]:
        async for entry in self._marked(MESSAGE, person.id):
            yield {"message": entry.id, "room": Room.parse(entry.stream).stream}

    async def _articles(self, person: Person) -> AsyncIterator[Record]:
        async for entry in self._paged(FORUM, ARTICLE, author=person.id):
            if not entry.fields["deleted"]:
                yield {"id": entry.id} | _open(entry.fields)

    async def _notifications(self, person: Person) -> AsyncIterator[Record]:
        async for entry in self._paged(user_stream(person.id), NOTIFICATION):
            yield {"id": entry.id} | _open(entry.fields)

    async def _achievements(self, person: Person) -> AsyncIterator[Record]:
        async for entry in self._paged(MODERATORS, ACHIEVEMENT, author=person.id):
            yield {"id": entry.id} | _open(entry.fields)

    async def _bots(self, person: Person) -> AsyncIterator[Record]:
        for bot in await self._people.bots(person.id):
            yield {"id": bot.id, "nickname": bot.nickname, "name": bot.name, "created": bot.created}

    async def _groups(self, person: Person) -> AsyncIterator[Record]:
        async for record in self._found(GROUP_MEMBERS.name, "person", person.id):
            with suppress(Missing):  # it is being deleted
                group = await self._storage.get(GROUPS.name, record["group"])
                yield {"name": group["name"], "color": group["color"]}

    async def _reports(self, person: Person) -> AsyncIterator[Record]:
        async for entry in self._marked(REPORT, person.id):
            own = [reason["text"] for reason in entry.fields["reasons"] if reason["by"] == person.id]
            yield {"message": entry.fields["message"], "reasons": own, "state": entry.fields["state"]}

    async def _attachments(self, person: Person) -> AsyncIterator[Record]:
        async for record in self.attachments(person):
            yield {name: value for name, value in _open(record).items() if name not in _INNER}

    def _records(self, collection: str, field: str = "person") -> Items:
        async def items(person: Person) -> AsyncIterator[Record]:
            async for record in self._found(collection, field, person.id):
                yield _open(record)

        return items

    async def _found(self, collection: str, field: str, person: int) -> AsyncIterator[Record]:
        after: tuple[Any, Any] | None = None
        while records := await self._storage.find(collection, {field: person}, after=after, limit=_BATCH):
            for record in records:
                yield record
            after = records[-1]["id"], records[-1]["id"]

    async def _paged(self, stream: str, kind: str, author: int | None = None) -> AsyncIterator[Entry]:
        below: int | None = None
        while entries := await self._storage.page(stream, kind, author=author, below=below, limit=_BATCH):
            for entry in entries:
                yield entry
            below = entries[-1].ordinal

    async def _marked(self, kind: str, mark: int) -> AsyncIterator[Entry]:
        below: int | None = None
        while entries := await self._storage.marked(kind, mark, below=below, limit=_BATCH):
            for entry in entries:
                yield entry
            below = entries[-1].id


def _open(record: Record) -> Record:
    """Return what may be shown of a stored thing: no secrets, nothing that only the server understands."""
    return {name: value for name, value in record.items() if name not in _SECRET}
