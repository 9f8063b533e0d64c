"""Chats and conversations: what one sends to make and change them, what one sees of them."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.attachments import Avatar
from chatsrv.schemas.base import Flag, Many, Number, Shape, Text, Time, iso
from chatsrv.schemas.people import CardShape

_CARD = CardShape()


class NewChatShape(Shape):
    """A chat to be founded; ``users`` are nicknames of those invited at once."""

    name = Text(required=True, shortest=1, longest=100)
    avatar = Avatar(load_default="")
    users = Many(Text(shortest=1), longest=1000, load_default=list)


class ChatEditShape(Shape):
    """TalkMachine seed, "POST Edit chat": what is absent stays, an avatar of "" is cleared."""

    name = Text(shortest=1, longest=100)
    avatar = Avatar()


class ChatShape(Shape):
    """What everyone sees alike of a chat: the data of ``chat.updated``."""

    id = Number()
    name = Text()
    avatar = Text()
    admin = Text()
    created = Time()
    retention_days = Number(allow_none=True, metadata={"description": "messages that are older go; null: never"})


class RetentionShape(Shape):
    """For how many days a chat keeps messages; null, or 0 where there is no null, for ever."""

    days = Number(required=True, allow_none=True)


class ChatDetailsShape(ChatShape):
    """TalkMachine seed, "GET Chat details"."""

    users_count = Number()
    muted = Flag()

    def show(self, thing: Any) -> Any:
        """Return the chat as one member sees it."""
        return ChatShape().dump(thing.chat) | {"users_count": thing.users_count, "muted": thing.muted}


class LastMessageShape(Shape):
    """The latest words of a room; the seed calls their author once ``sender`` and once ``author``."""

    id = Number()
    text = Text()
    sender = Text()
    author = Text()
    created = Time()
    deleted = Flag()

    def show(self, thing: Any) -> Any:
        """Return the words as JSON values, null where nothing was said."""
        return thing and {
            "id": thing.id,
            "text": thing.text,
            "sender": thing.author.nickname,
            "author": thing.author.nickname,
            "created": iso(thing.created),
            "deleted": thing.deleted,
        }


class ChatSummaryShape(ChatShape):
    """TalkMachine seed, "GET Chats list"."""

    last_message = fields.Nested(LastMessageShape, allow_none=True)
    unread = Number()
    read_id = Number()
    muted = Flag()

    def show(self, thing: Any) -> Any:
        """Return the line as JSON values."""
        return ChatShape().dump(thing.chat) | {
            "last_message": LastMessageShape().show(thing.last_message),
            "unread": thing.unread,
            "read_id": thing.read_id,
            "muted": thing.muted,
        }


class MemberShape(CardShape):
    """TalkMachine seed, "GET Chat users"."""

    inviter = Text()
    can_delete = Flag(data_key="canDelete")
    online = Flag()

    def show(self, thing: Any) -> Any:
        """Return the member as another sees them."""
        member, online = thing
        return _CARD.show(member.user) | {
            "inviter": member.inviter,
            "canDelete": member.can_delete,
            "online": online,
        }


class MembershipShape(Shape):
    """Somebody's coming, going or new name: the data of ``chat.joined``, ``chat.left``, ``chat.updated``."""

    id = Number(metadata={"description": "the room"})
    user = fields.Nested(CardShape)
    inviter = Text()
    joined = Flag()

    def show(self, thing: Any) -> Any:
        """Return the news as JSON values."""
        return {
            "id": thing.room.id,
            "user": _CARD.show(thing.user),
            "inviter": thing.inviter,
            "joined": thing.joined,
        }


class PeerShape(CardShape):
    """The other one of a conversation, or a contact, and whether they are here."""

    online = Flag()

    def show(self, thing: Any) -> Any:
        """Return a contact as JSON values."""
        card, online = thing
        return _CARD.show(card) | {"online": online}


class ConversationShape(Shape):
    """TalkMachine seed, "GET Conversation info"."""

    id = Number()
    user = fields.Nested(PeerShape)
    last_message = fields.Nested(LastMessageShape, allow_none=True)
    unread = Number()
    read_id = Number()
    peer_read_id = Number()

    def show(self, thing: Any) -> Any:
        """Return the conversation as one of its two people sees it."""
        conversation, online = thing
        return {
            "id": conversation.id,
            "user": PeerShape().show((conversation.user, online)),
            "last_message": LastMessageShape().show(conversation.last_message),
            "unread": conversation.unread,
            "read_id": conversation.read_id,
            "peer_read_id": conversation.peer_read_id,
        }


class PlaceShape(Shape):
    """One person's side of a room."""

    stream = Text()
    joined = Flag()
    muted = Flag()
    read_id = Number()


class ReadShape(Shape):
    """Up to which message somebody has read."""

    id = Number(required=True, least=1, metadata={"description": "the message"})


class ReceiptShape(Shape):
    """Somebody has read up to this message."""

    nickname = Text()
    id = Number(metadata={"description": "the message"})


class TypingShape(Shape):
    """Somebody is writing."""

    nickname = Text()
