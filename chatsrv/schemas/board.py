"""Boards: what the school puts up for everybody: events and banners."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from chatsrv.errors import Code
from chatsrv.schemas.base import Choice, Flag, Number, Refusal, Shape, Text, Time

BANNER_TYPES = ("info", "success", "warning", "danger")


class Moment(Time):
    """A time of this century that says its offset from UTC: "2026-11-21T18:00:00+03:00"."""

    refusals: ClassVar[tuple[Code, ...]] = (Code.WRONG_TYPE, Code.OUT_OF_RANGE)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Refusal(Code.WRONG_TYPE)
        if not 2000 < moment.year < 2100:
            raise Refusal(Code.OUT_OF_RANGE)
        return round(moment.timestamp() * 1000)


class EventEditShape(Shape):
    """What of an event is to change; what is absent stays."""

    name = Text(shortest=1, longest=200)
    description = Text(longest=4000, lines=True)
    place = Text(longest=200)
    starts = Moment(allow_none=True)


class NewEventShape(EventEditShape):
    """A school event."""

    name = Text(required=True, shortest=1, longest=200)
    description = Text(longest=4000, lines=True, load_default="")
    place = Text(longest=200, load_default="")
    starts = Moment(allow_none=True, load_default=None)


class EventShape(Shape):
    """The data of ``event.new``, ``event.edited`` and ``event.deleted``."""

    id = Number()
    name = Text()
    description = Text()
    place = Text()
    starts = Time(allow_none=True)
    created = Time()
    deleted = Flag()
    seq = Number()
    rev = Number()


class BannerEditShape(Shape):
    """What of a banner is to change; what is absent stays."""

    active = Flag()
    type = Choice(BANNER_TYPES)
    title = Text(shortest=1, longest=200)
    content = Text(longest=4000, lines=True)


class NewBannerShape(Shape):
    """A banner; it is shown while it is active."""

    active = Flag(load_default=True)
    type = Choice(BANNER_TYPES, load_default=BANNER_TYPES[0])
    title = Text(required=True, shortest=1, longest=200)
    content = Text(longest=4000, lines=True, load_default="")


class BannerShape(Shape):
    """The data of ``banner.new``, ``banner.edited`` and ``banner.deleted``: one that is not active is blank there."""

    id = Number()
    active = Flag()
    type = Text()
    title = Text()
    content = Text()
    created = Time()
    deleted = Flag()
    seq = Number()
    rev = Number()
