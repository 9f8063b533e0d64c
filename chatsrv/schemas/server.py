"""The server itself."""

from chatsrv.schemas.base import Shape, Text


class HealthShape(Shape):
    """The process lives."""

    status = Text(metadata={"example": "ok"})
    version = Text(metadata={"example": "0.1.0"})


class ReadyShape(Shape):
    """It can serve."""

    status = Text(metadata={"example": "ready"})
