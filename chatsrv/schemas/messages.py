"""Messages: what one sends, what one sees."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load

from chatsrv.errors import Code
from chatsrv.schemas.attachments import AttachedShape, AttachmentId, show_attached
from chatsrv.schemas.base import Flag, Many, Number, Refusal, Shape, Text, Time, iso
from chatsrv.services.messages import Message


class NewMessageShape(Shape):
    """A message to be sent; ``parent_id`` 0 or absent begins a thread. The service knows how long a text may be.

    ``attachments`` are ids of one's own; with them a text may be empty, or absent.
    """

    text = Text(longest=100_000, lines=True)
    parent_id = Number(load_default=0)
    attachments = Many(AttachmentId(), longest=100, load_default=list)

    @post_load
    def _text(self, data: dict[str, Any], **options: Any) -> dict[str, Any]:
        if "text" not in data and not data["attachments"]:
            raise Refusal(Code.REQUIRED_FIELD, field="text")
        return {"text": "", **data}


class Parent(Number):
    """The id of the message that is answered; 0 or, as the seed clears fields, "" for none."""

    described: ClassVar[Mapping[str, Any]] = {"type": ["integer", "string"]}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        return 0 if value == "" else super()._deserialize(value, attr, data, **kwargs)


class MessageEditShape(Shape):
    """TalkMachine seed, "POST Edit message": what is absent stays, a parent of "" is cleared."""

    text = Text(longest=100_000, lines=True)
    parent_id = Parent()


class MessageShape(Shape):
    """TalkMachine seed, "GET Chat messages", with the numbers of its stream (design §3)."""

    sometimes: ClassVar[frozenset[str]] = frozenset({"chat_id", "conversation_id", "voted", "voter", "voter_id"})

    id = Number()
    chat_id = Number()
    conversation_id = Number(metadata={"x-seldom": True, "description": "of a message in a conversation"})
    author = Text()
    author_id = Number()
    created = Time()
    text = Text()
    parent_id = Number()
    edited = Flag()
    deleted = Flag()
    attachments = fields.List(fields.Nested(AttachedShape))
    votes = Number()
    voted = Flag(metadata={"description": "whether the reader voted; in an event, whether `voter` did"})
    voter = Text(metadata={"description": "in events only: whose vote `voted` is", "x-seldom": True})
    voter_id = Number(metadata={"x-seldom": True})
    seq = Number()
    rev = Number()

    def show(self, thing: Message) -> dict[str, Any]:
        """Return the message as JSON values; written out because pages and pushes are made of it."""
        id, room, author, created, text, parent_id, edited, deleted, votes, voted, voter, seq, rev, attachments = thing
        shown: dict[str, Any] = {
            "id": id,
            f"{room.kind}_id": room.id,
            "author": author.nickname,
            "author_id": author.id,
            "created": iso(created),
            "text": text,
            "parent_id": parent_id,
            "edited": edited,
            "deleted": deleted,
            "attachments": [show_attached(one) for one in attachments] if attachments else [],
            "votes": votes,
            "seq": seq,
            "rev": rev,
        }
        if voted is not None:
            shown["voted"] = voted
        if voter is not None:
            shown["voter"], shown["voter_id"] = voter.nickname, voter.id
        return shown


class AuthorShape(Shape):
    """Who wrote a message."""

    id = Number()
    nickname = Text()
    name = Text()


class MessageDetailsShape(MessageShape):
    """TalkMachine seed, "GET Message"."""

    sometimes = MessageShape.sometimes | {"chat_name"}

    author = fields.Nested(AuthorShape)  # type: ignore[assignment]
    chat_name = Text()

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the message with its author written out, and the name of its chat."""
        message, chat_name = thing
        author = AuthorShape().dump(message.author)
        return super().show(message) | {"author": author} | ({"chat_name": chat_name} if chat_name is not None else {})


class VotesShape(Shape):
    """TalkMachine seed, "POST Change vote for message"."""

    votes = Number()
    voted = Flag()
