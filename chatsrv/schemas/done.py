"""What the dream diary answers when there is nothing else to say (dream-diary seed)."""

from chatsrv.schemas.base import Shape, Text


class DoneShape(Shape):
    """It is done."""

    status = Text(metadata={"example": "ok"})
