"""What clients send over Socket.IO."""

from chatsrv.schemas.base import Number, Shape, Text
from chatsrv.schemas.messages import MessageEditShape, NewMessageShape


class _Nonce(Shape):
    nonce = Text(shortest=1, longest=200, load_default=None, allow_none=True)


class StreamShape(Shape):
    """The name of a room's stream, "chat:5"."""

    stream = Text(required=True, shortest=1, longest=64)


class LiveMessageShape(NewMessageShape, StreamShape, _Nonce):
    """``message.send``."""


class LiveEditShape(MessageEditShape, _Nonce):
    """``message.edit``."""

    id = Number(required=True, least=1)


class MessageIdShape(_Nonce):
    """``message.delete`` and ``message.vote``."""

    id = Number(required=True, least=1)


class LiveReadShape(StreamShape):
    """``read``: everything up to this message."""

    id = Number(required=True, least=1)
