"""Attached: the dream diary's ``attachments``, a list of texts that is answered as one (dream-diary seed)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import fields

from chatsrv.errors import Code
from chatsrv.schemas.base import Many, Refusal, Text

_MOST = 50


class Attached(fields.Field[Any]):
    """A list of at most fifty texts; also taken as one text, separated by commas, and always given so."""

    described: ClassVar[Mapping[str, Any]] = {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "description": "ids, with commas between them; taken as a list too",
        "examples": ["0191d2a4-4c5e-7cc1-9f0b-6f1d2b3c4d5e"],
    }
    refusals: ClassVar[tuple[Code, ...]] = Text.refusals

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._many = Many(Text(longest=500, shortest=1), longest=_MOST)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return ",".join(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[str]:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        texts: list[str] = self._many.deserialize(value, attr, data)
        if any("," in text for text in texts):
            raise Refusal(Code.BAD_CHARACTERS)
        return texts
