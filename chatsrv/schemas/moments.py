"""Moments: the dream diary's days and Unix seconds (dream-diary seed)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from chatsrv.errors import Code
from chatsrv.schemas.base import Number, Refusal, Text

_FIRST, _LAST = 946_684_800, 4_102_444_800  # 2000-01-01 to 2100-01-01


class Seconds(Number):
    """A time of this century: Unix milliseconds inside, Unix seconds outside."""

    described: ClassVar[Mapping[str, Any]] = {"examples": [1_795_212_000]}

    def __init__(self, **options: Any) -> None:
        super().__init__(least=_FIRST, most=_LAST, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> int | None:
        return None if value is None else value // 1000

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        return super()._deserialize(value, attr, data, **kwargs) * 1000


class Day(Text):
    """A day of this century: "2026-11-21"."""

    described: ClassVar[Mapping[str, Any]] = {"format": "date", "examples": ["2026-11-21"]}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.OUT_OF_RANGE)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        day = super()._deserialize(value, attr, data, **kwargs)
        try:
            year = date.fromisoformat(day).year if len(day) == 10 and day.isascii() else 0
        except ValueError:
            raise Refusal(Code.WRONG_TYPE) from None
        if not 2000 <= year < 2100:
            raise Refusal(Code.OUT_OF_RANGE if year else Code.WRONG_TYPE)
        return day
