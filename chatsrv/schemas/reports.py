"""Reports: what one sends, what moderators see."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.attachments import AttachedShape, show_attached
from chatsrv.schemas.base import Number, Shape, Text, Time, iso
from chatsrv.schemas.people import CardShape
from chatsrv.services.reports import Report

_CARD = CardShape()


class NewReportShape(Shape):
    """Why a message is reported."""

    reason = Text(required=True, shortest=1, longest=1000, lines=True)


class ReportShape(Shape):
    """The data of ``report.pending`` and ``report.decided``."""

    id = Number()
    message_id = Number()
    author = fields.Nested(CardShape)
    written = Time()
    text = Text(metadata={"description": "as it was when it was reported; empty once it is decided"})
    attachments = fields.List(fields.Nested(AttachedShape))
    reasons = fields.List(Text())
    reporters = Number(metadata={"description": "how many people reported it"})
    state = Text(metadata={"description": "pending, dismissed or removed"})
    moderator = Text()
    created = Time()
    decided = Time(allow_none=True)
    seq = Number()
    rev = Number()

    def show(self, thing: Report) -> dict[str, Any]:
        """Return the report as JSON values."""
        return thing._asdict() | {
            "author": _CARD.show(thing.author),
            "written": iso(thing.written),
            "attachments": [show_attached(one) for one in thing.attachments],
            "created": iso(thing.created),
            "decided": iso(thing.decided) if thing.decided else None,
        }
