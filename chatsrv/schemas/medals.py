"""Medals: what one gives, and what everyone sees of it."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.base import Number, Shape, Text, Time, iso
from chatsrv.schemas.people import CardShape
from chatsrv.services.medals import Medal

_CARD = CardShape()


class MedalEditShape(Shape):
    """What of a medal is to change; what is absent stays."""

    type = Text(shortest=1, longest=50)
    title = Text(longest=200)
    description = Text(longest=2000, lines=True)


class NewMedalShape(Shape):
    """A medal; ``type`` is the word that the notification says: "золотую", "gold"."""

    user = Text(required=True, shortest=1, metadata={"description": "nickname or id"})
    type = Text(required=True, shortest=1, longest=50)
    title = Text(longest=200, load_default="")
    description = Text(longest=2000, lines=True, load_default="")


class MedalShape(Shape):
    """A medal and who has it."""

    id = Number()
    user = fields.Nested(CardShape)
    type = Text()
    title = Text()
    description = Text()
    created = Time()

    def show(self, thing: Medal) -> dict[str, Any]:
        """Return the medal as JSON values."""
        return thing._asdict() | {"user": _CARD.show(thing.user), "created": iso(thing.created)}
