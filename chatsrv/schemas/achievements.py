"""Achievements: what a student sends, what moderators answer, what everyone sees."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.attachments import AttachedShape, AttachmentId, show_attached
from chatsrv.schemas.base import Choice, Number, Shape, Text, Time, iso
from chatsrv.schemas.people import CardShape
from chatsrv.services.achievements import Achievement
from chatsrv.services.honours import Ranked

KINDS = ("olimpiad", "event")
_CARD = CardShape()


class NewAchievementShape(Shape):
    """What a student has achieved; ``proof`` is the id of a picture (PNG, JPEG) or a PDF that they uploaded."""

    title = Text(required=True, shortest=1, longest=200)
    description = Text(longest=2000, lines=True, load_default="")
    kind = Choice(KINDS, required=True)
    proof = AttachmentId(load_default="", metadata={"description": "an attachment of one's own"})


class PointsShape(Shape):
    """How many points it is worth."""

    points = Number(required=True, most=1_000_000)


class ReasonShape(Shape):
    """Why it is rejected."""

    reason = Text(required=True, shortest=1, longest=2000, lines=True)


class AchievementShape(Shape):
    """The data of ``achievement.pending`` and ``achievement.moderated``."""

    id = Number()
    student = fields.Nested(CardShape)
    title = Text()
    description = Text()
    kind = Text()
    proof = fields.Nested(AttachedShape, allow_none=True)
    state = Text(metadata={"description": "pending, accepted or rejected"})
    points = Number()
    reason = Text()
    moderator = Text()
    created = Time()
    decided = Time(allow_none=True)
    seq = Number()
    rev = Number()

    def show(self, thing: Achievement) -> dict[str, Any]:
        """Return the achievement as JSON values."""
        return thing._asdict() | {
            "student": _CARD.show(thing.student),
            "proof": thing.proof and show_attached(thing.proof),
            "created": iso(thing.created),
            "decided": iso(thing.decided) if thing.decided else None,
        }


class RankedShape(Shape):
    """A line of the leaderboard; who has as many points has the same rank."""

    rank = Number()
    user = fields.Nested(CardShape)
    rating = Number()
    accepted = Number()

    def show(self, thing: Ranked) -> dict[str, Any]:
        """Return the line as JSON values."""
        return thing._asdict() | {"user": _CARD.show(thing.user)}
