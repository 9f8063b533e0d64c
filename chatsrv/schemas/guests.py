"""The simple HTTP chat's own words (simple-http-chat seed); an id may be sent as a number or as its text."""

from collections.abc import Mapping
from typing import Any, ClassVar

from chatsrv.errors import Code
from chatsrv.schemas.base import Many, Nickname, Number, Refusal, Shape, Text, Time, iso


class Id(Number):
    """An id, as a number or as text: the seed's curl lines put it into quotes."""

    described: ClassVar[Mapping[str, Any]] = {"type": ["integer", "string"]}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, str):
            if not (value.isascii() and value.isdigit() and len(value) <= 16):
                raise Refusal(Code.WRONG_TYPE)
            value = int(value)
        return super()._deserialize(value, attr, data, **kwargs)


class NewGuestShape(Shape):
    """``POST /users/add``."""

    username = Nickname(required=True, shortest=1)


class NewOpenChatShape(Shape):
    """``POST /chats/add``."""

    name = Text(required=True, shortest=1, longest=100)
    users = Many(Id(), required=True, longest=5000)


class GuestMessageShape(Shape):
    """``POST /messages/add``."""

    chat = Id(required=True)
    author = Id(required=True, metadata={"description": "the id of who writes it"})
    text = Text(required=True, longest=100_000, lines=True)


class GuestShape(Shape):
    """``POST /chats/get``."""

    user = Id(required=True, metadata={"description": "the id of whose chats are wanted"})


class InChatShape(Shape):
    """``POST /messages/get``."""

    chat = Id(required=True)


class OpenChatShape(Shape):
    """A chat with all its fields."""

    id = Number()
    name = Text()
    users = Many(Number(), longest=5000)
    created_at = Time()

    def show(self, thing: Any) -> Any:
        """Return the chat as JSON values."""
        return {"id": thing.id, "name": thing.name, "users": thing.users, "created_at": iso(thing.created)}


class OpenMessageShape(Shape):
    """A message with all its fields."""

    id = Number()
    chat = Number()
    author = Number(metadata={"description": "the id of who wrote it"})
    text = Text()
    created_at = Time()

    def show(self, thing: Any) -> Any:
        """Return the message as JSON values."""
        return {
            "id": thing.id,
            "chat": thing.room.id,
            "author": thing.author.id,
            "text": thing.text,
            "created_at": iso(thing.created),
        }
