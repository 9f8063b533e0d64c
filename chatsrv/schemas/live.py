"""What clients send over Socket.IO, and what they are answered."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from marshmallow import fields

from chatsrv.schemas.base import Number, Shape, Text
from chatsrv.schemas.events import CaughtUpShape, SyncShape
from chatsrv.schemas.faults import FaultsShape
from chatsrv.schemas.messages import MessageEditShape, MessageShape, NewMessageShape, VotesShape
from chatsrv.schemas.rooms import ReadShape


class _Nonce(Shape):
    nonce = Text(shortest=1, longest=200, load_default=None, allow_none=True)


class StreamShape(Shape):
    """The name of a room's stream, "chat:5"."""

    stream = Text(required=True, shortest=1, longest=64)


class LiveMessageShape(NewMessageShape, StreamShape, _Nonce):
    """``message.send``."""


class MessageIdShape(_Nonce):
    """``message.delete`` and ``message.vote``."""

    id = Number(required=True, least=1, metadata={"description": "the message"})


class LiveEditShape(MessageEditShape, MessageIdShape):
    """``message.edit``."""


class LiveReadShape(ReadShape, StreamShape):
    """``read``: everything up to this message."""


class ConnectShape(Shape):
    """The ``auth`` of the connect packet."""

    token = Text(required=True, longest=4000)


class RefusedShape(Shape):
    """What a ``connect_error`` carries."""

    message = Text()
    data = fields.Nested(FaultsShape)


class TakenShape(Shape):
    """Nothing more to say."""


class Heard(NamedTuple):
    """An event of a client's: what it does, what it carries, what it is acknowledged with unless it is refused."""

    says: str
    shape: Shape
    answer: Shape


HEARD: Final[Mapping[str, Heard]] = {
    "message.send": Heard("Send a message.", LiveMessageShape(), MessageShape()),
    "message.edit": Heard("Change one's own message.", LiveEditShape(), MessageShape()),
    "message.delete": Heard("Delete one's own message.", MessageIdShape(), TakenShape()),
    "message.vote": Heard("Vote for a message, or take the vote back.", MessageIdShape(), VotesShape()),
    "read": Heard("Mark a room as read up to a message.", LiveReadShape(), TakenShape()),
    "typing": Heard("Say that one is writing.", StreamShape(), TakenShape()),
    "resume": Heard("Hear streams from where one stopped, or read their numbers.", SyncShape(), CaughtUpShape()),
}
"""Every event of a client's."""
