"""The things that the server shows, typed; what a newer server shows beside these fields is left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Self

Json = Mapping[str, Any]


class Thing:
    """Something read from JSON: each field by its name, through its reader where one stands in ``readers``."""

    __slots__ = ()
    readers: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    @classmethod
    def of(cls, shown: Json) -> Self:
        """Return the thing that the server shows so. Raises KeyError if it is another one."""
        return cls(**{one.name: cls._read(one.name, shown) for one in fields(cls)})  # type: ignore[arg-type]

    @classmethod
    def _read(cls, name: str, shown: Json) -> Any:
        reader = cls.readers.get(name)
        return shown[name] if reader is None else reader(shown)


def _time(name: str) -> Callable[[Json], datetime]:
    return lambda shown: datetime.fromisoformat(shown[name])


def _maybe(name: str, otherwise: Any = None) -> Callable[[Json], Any]:
    return lambda shown: shown.get(name, otherwise)


@dataclass(frozen=True, slots=True)
class Person(Thing):
    """What everybody sees of a person beside their words."""

    id: int
    nickname: str
    name: str
    avatar: str


@dataclass(frozen=True, slots=True)
class Account(Person):
    """One's own account; ``role`` is 0 for a student, 1 for a teacher, 2 for an admin."""

    email: str | None
    bio: str
    language: str
    role: int
    created: datetime
    readers = {"created": _time("created")}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Bot(Person):
    """A bot of one's own; its ``token`` is told once, when it is made or made anew."""

    created: datetime
    token: str | None = field(repr=False)
    readers = {"created": _time("created")}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Profile(Person):
    """What everybody may know of a person."""

    bio: str
    last_seen: datetime
    online: bool
    bot: bool
    readers = {"last_seen": _time("last_seen")}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Peer(Person):
    """The other one of a conversation."""

    online: bool


@dataclass(frozen=True, slots=True)
class Member(Peer):
    """Somebody in a chat, invited by ``inviter``; ``can_delete`` if one may exclude them."""

    inviter: str
    can_delete: bool
    readers = {"can_delete": lambda shown: shown["canDelete"]}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Words(Thing):
    """The latest words of a room."""

    id: int
    text: str
    author: str
    created: datetime
    deleted: bool
    readers = {"created": _time("created")}  # noqa: RUF012


def _words(shown: Json) -> Words | None:
    return shown["last_message"] and Words.of(shown["last_message"])


@dataclass(frozen=True, slots=True)
class Chat(Thing):
    """A chat as everybody in it sees it alike; ``admin`` is a nickname."""

    id: int
    name: str
    avatar: str
    admin: str
    created: datetime
    readers = {"created": _time("created")}  # noqa: RUF012

    @property
    def stream(self) -> str:
        """The stream of what happens here."""
        return f"chat:{self.id}"


@dataclass(frozen=True, slots=True)
class ChatDetails(Chat):
    """A chat as one member sees it."""

    users_count: int
    muted: bool


@dataclass(frozen=True, slots=True)
class ChatSummary(Chat):
    """A line in the list of one's chats; ``read_id`` is the last message that one has read."""

    last_message: Words | None
    unread: int
    read_id: int
    muted: bool
    readers = Chat.readers | {"last_message": _words}


@dataclass(frozen=True, slots=True)
class Conversation(Thing):
    """A conversation of two as one of them sees it."""

    id: int
    user: Peer
    last_message: Words | None
    unread: int
    read_id: int
    peer_read_id: int
    readers = {"user": lambda shown: Peer.of(shown["user"]), "last_message": _words}  # noqa: RUF012

    @property
    def stream(self) -> str:
        """The stream of what happens here."""
        return f"conversation:{self.id}"


@dataclass(frozen=True, slots=True)
class Attachment(Thing):
    """A file or link as what it is attached to shows it; ``type`` is its media type, "link" for a link."""

    id: str
    name: str
    type: str
    size: int
    width: int
    height: int
    url: str
    thumbnail: str | None


@dataclass(frozen=True, slots=True)
class Upload(Attachment):
    """An attachment of one's own; one that nothing holds is removed after a while."""

    added: datetime
    attached: bool
    readers = {"added": _time("added")}  # noqa: RUF012


def _author(shown: Json) -> str:
    author = shown["author"]
    return str(author["nickname"] if isinstance(author, dict) else author)


@dataclass(frozen=True, slots=True)
class Message(Thing):
    """A message. ``seq`` is its place in its stream, ``rev`` that of its latest change.

    ``voted`` says whether the reader voted for it; in an event it is whether the person ``voter_id`` did, None where
    the event is not about a vote.
    """

    id: int
    chat_id: int | None
    conversation_id: int | None
    author: str
    author_id: int
    created: datetime
    text: str
    parent_id: int
    edited: bool
    deleted: bool
    attachments: tuple[Attachment, ...]
    votes: int
    voted: bool | None
    voter_id: int | None
    seq: int
    rev: int
    readers = {  # noqa: RUF012
        "chat_id": _maybe("chat_id"),
        "conversation_id": _maybe("conversation_id"),
        "author": _author,
        "created": _time("created"),
        "attachments": lambda shown: tuple(map(Attachment.of, shown["attachments"])),
        "voted": _maybe("voted"),
        "voter_id": _maybe("voter_id"),
    }

    @property
    def stream(self) -> str:
        """The stream that it stands in."""
        return f"conversation:{self.conversation_id}" if self.chat_id is None else f"chat:{self.chat_id}"


@dataclass(frozen=True, slots=True)
class Votes(Thing):
    """How many voted for a message, and whether one did oneself."""

    votes: int
    voted: bool


@dataclass(frozen=True, slots=True)
class Notification(Thing):
    """What one was told; ``data`` is what it is about, by its ``kind``."""

    id: int
    type: int
    kind: str
    data: Mapping[str, Any]
    text: str
    created: datetime
    read: bool
    quiet: bool
    seq: int
    rev: int
    readers = {"created": _time("created")}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Place(Thing):
    """One's own side of a room: whether one is in it, wants no notices of it, and how far one has read."""

    stream: str
    joined: bool
    muted: bool
    read_id: int


@dataclass(frozen=True, slots=True)
class Membership(Thing):
    """Somebody's coming (``joined``), going or new name in the chat ``id``."""

    id: int
    user: Person
    inviter: str
    joined: bool
    readers = {"user": lambda shown: Person.of(shown["user"])}  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in ``stream``, as its change number ``seq``; ephemeral events have none.

    ``data`` is what the server said; ``thing`` is that with a type. A ``reset`` says: read the stream anew.
    """

    name: str
    stream: str
    seq: int | None
    data: Mapping[str, Any]

    @property
    def thing(self) -> Message | Notification | Place | Membership | Chat | None:
        """What the event shows, whole; None where the client has no type for it."""
        topic = self.name.partition(".")[0]
        if topic == "message":
            return Message.of(self.data)
        if topic == "notification":
            return Notification.of(self.data)
        if topic in ("chat", "read") and self.seq is not None:
            return self._of_room()
        return None

    def _of_room(self) -> Place | Membership | Chat:
        if self.stream.startswith("user:"):
            return Place.of(self.data)
        return Membership.of(self.data) if "user" in self.data else Chat.of(self.data)
