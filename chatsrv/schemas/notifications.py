"""Notifications: what one is told, and how one wants to be told."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields, post_load

from chatsrv.errors import Code
from chatsrv.schemas.base import Choice, Flag, Number, Refusal, Shape, Text, Time, iso
from chatsrv.services.notices import LANGUAGES, NOTICES, Quiet
from chatsrv.services.notifications import Notification, Settings

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_KINDS = tuple(NOTICES)


class NotificationShape(Shape):
    """The data of ``notification.new`` and ``notification.read``."""

    id = Number()
    type = Number(metadata={"description": "0 to 3 as in the school seed"})
    kind = Text()
    data = fields.Raw(metadata={"description": "what it is about: an object, by its kind", "example": {}})
    text = Text(metadata={"description": "in the reader's language"})
    created = Time()
    was_read = Flag(data_key="read")
    quiet = Flag(metadata={"description": "it came in the reader's quiet hours: show it, do not ring"})
    seq = Number()
    rev = Number()

    def show(self, thing: Notification) -> dict[str, Any]:
        """Return the notification as JSON values."""
        return thing._asdict() | {"created": iso(thing.created)}


class BulletinShape(Shape):
    """Words to be sent as a notification."""

    text = Text(required=True, shortest=1, longest=2000, lines=True)


class UnreadShape(Shape):
    """How many are unread."""

    unread = Number()


class ClockTime(Text):
    """A time of the day, "22:00": minutes inside."""

    described: ClassVar[Mapping[str, Any]] = {"pattern": f"^{_CLOCK.pattern}$", "examples": ["22:00"]}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.OUT_OF_RANGE)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = _CLOCK.fullmatch(super()._deserialize(value, attr, data, **kwargs))
        if found is None:
            raise Refusal(Code.OUT_OF_RANGE)
        return 60 * int(found[1]) + int(found[2])

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return f"{value // 60:02}:{value % 60:02}"


class QuietShape(Shape):
    """Quiet hours by the clock of a place that is so many minutes before UTC."""

    start = ClockTime(required=True, data_key="from")
    end = ClockTime(required=True, data_key="to")
    utc_offset = Number(least=-720, most=840, load_default=0)

    @post_load
    def _make(self, data: dict[str, Any], **options: Any) -> Quiet:
        return Quiet(**data)


class SettingsShape(Shape):
    """How one wants to be told; what is absent stays, null hours or such that end when they begin are none."""

    language = Choice(LANGUAGES)
    kinds = fields.Dict(keys=Choice(_KINDS), values=Flag(), load_default=dict)
    quiet = fields.Nested(QuietShape, allow_none=True)

    def show(self, thing: Settings) -> dict[str, Any]:
        """Return the settings, each kind with its switch."""
        wishes = thing.wishes
        return {
            "language": thing.language,
            "kinds": {name: name not in wishes.off for name in _KINDS},
            "quiet": wishes.quiet and QuietShape().dump(wishes.quiet),
        }
