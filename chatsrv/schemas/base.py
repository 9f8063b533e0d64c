"""The words that every schema is written in: fields whose faults are AEO codes, and Shape, the base of all of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.exceptions import SCHEMA

from chatsrv.errors import Code, Fault, Problem

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
_NICKNAME = re.compile(r"[A-Za-z0-9!@#$%^&*_-]{2,32}")
_ADDRESS = re.compile(r"(https?://[^\s\x00-\x1f\"'<>\\]+|/(?![/\\])[^\s\x00-\x1f\"'<>\\]*)?")
SAFE_INTEGER = 2**53 - 1

_Messages = dict[str, str | list[Any] | dict[Any, Any]]


class Refusal(ValidationError):
    """A value that is refused, with its code and what to give back of it."""

    def __init__(self, code: Code, data: Any = None, *, field: str = SCHEMA) -> None:
        super().__init__([Fault(code, None, data)], field_name=field)


class _Field(fields.Field[Any]):
    """A field whose standing messages are names of codes.

    ``described`` is what the documents say of it beside its type, in JSON Schema; ``refusals`` what it may refuse with.
    """

    described: ClassVar[Mapping[str, Any]] = {}
    refusals: ClassVar[tuple[Code, ...]] = (Code.WRONG_TYPE,)

    default_error_messages: _Messages = {  # noqa: RUF012
        "required": Code.REQUIRED_FIELD.name,
        "null": Code.WRONG_TYPE.name,
        "validator_failed": Code.WRONG_TYPE.name,
    }


class Text(_Field):
    """Text of ``shortest`` to ``longest`` characters, kept as it is.

    No control characters but, with ``lines``, tab and newline.
    """

    refusals: ClassVar[tuple[Code, ...]] = (Code.WRONG_TYPE, Code.TOO_LONG, Code.TOO_SHORT, Code.BAD_CHARACTERS)

    def __init__(self, *, longest: int = 255, shortest: int = 0, lines: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest
        self.shortest = shortest
        self._forbidden = _CONTROLS if lines else _LINE_CONTROLS

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise Refusal(Code.WRONG_TYPE)
        if len(value) > self.longest:
            raise Refusal(Code.TOO_LONG, self.longest)
        if len(value) < self.shortest:
            raise Refusal(Code.TOO_SHORT if value else Code.REQUIRED_FIELD)
        if self._forbidden.search(value):
            raise Refusal(Code.BAD_CHARACTERS)
        return value


class Choice(Text):
    """One of these texts."""

    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.OUT_OF_RANGE)

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.choices = tuple(choices)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        chosen = super()._deserialize(value, attr, data, **kwargs)
        if chosen not in self.choices:
            raise Refusal(Code.OUT_OF_RANGE, list(self.choices))
        return chosen


class Nickname(Text):
    """A nickname: 2 to 32 of the characters that the forum seed allows, not digits alone."""

    described: ClassVar[Mapping[str, Any]] = {"pattern": f"^{_NICKNAME.pattern}$"}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_NICKNAME)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        nickname = super()._deserialize(value, attr, data, **kwargs)
        if not _NICKNAME.fullmatch(nickname) or nickname.isdigit() or nickname.lower().startswith("deleted-"):
            raise Refusal(Code.BAD_NICKNAME, nickname)
        return nickname


class Email(Text):
    """An address of the form name@host.domain, kept as it is."""

    described: ClassVar[Mapping[str, Any]] = {"format": "email"}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_EMAIL)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        email = super()._deserialize(value, attr, data, **kwargs)
        if not _EMAIL.fullmatch(email):
            raise Refusal(Code.BAD_EMAIL, email)
        return email


class Password(Text):
    """A password of 8 to 128 characters; never given back."""

    described: ClassVar[Mapping[str, Any]] = {"format": "password", "minLength": 8}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.PASSWORD_TOO_SHORT)

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=128, load_only=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        password = super()._deserialize(value, attr, data, **kwargs)
        if len(password) < 8:
            raise Refusal(Code.PASSWORD_TOO_SHORT)
        return password


class Address(Text):
    """A picture's address: http, https or a path on this server; "" for none."""

    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_ADDRESS)

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=500, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not _ADDRESS.fullmatch(address):
            raise Refusal(Code.BAD_ADDRESS)
        return address


class Number(_Field):
    """A whole number from ``least`` to ``most``; an id, by default, which is below 2**53. Text is not a number."""

    refusals: ClassVar[tuple[Code, ...]] = (Code.WRONG_TYPE, Code.OUT_OF_RANGE)

    def __init__(self, *, least: int = 0, most: int = SAFE_INTEGER, **options: Any) -> None:
        super().__init__(**options)
        self.least = least
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int:
            raise Refusal(Code.WRONG_TYPE)
        if not self.least <= value <= self.most:
            raise Refusal(Code.OUT_OF_RANGE)
        return value


class Flag(_Field):
    """true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise Refusal(Code.WRONG_TYPE)
        return value


class Time(_Field):
    """A time: Unix milliseconds inside, ISO 8601 in UTC outside; null for none."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else iso(value)


class Many(fields.List[Any]):
    """A list of at most ``longest`` values."""

    refusals: ClassVar[tuple[Code, ...]] = (Code.WRONG_TYPE, Code.TOO_LONG)
    default_error_messages: _Messages = _Field.default_error_messages | {"invalid": Code.WRONG_TYPE.name}

    def __init__(self, inner: Any, *, longest: int, **options: Any) -> None:
        super().__init__(inner, **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.longest:
            raise Refusal(Code.TOO_LONG, self.longest)
        return super()._deserialize(value, attr, data, **kwargs)


class Shape(Schema):
    """What a thing looks like from outside. Unknown fields are ignored; faults become a Problem in the form shape.

    ``sometimes`` names the fields that an answer of this shape may lack.
    """

    sometimes: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        """Ignore what a newer client may send."""

        unknown = EXCLUDE

    def read(self, body: Any) -> dict[str, Any]:
        """Return the checked fields of a body. Raises Problem with a fault for each wrong field."""
        if not isinstance(body, dict):
            raise Problem(Code.NOT_AN_OBJECT)
        try:
            loaded: dict[str, Any] = self.load(body)
        except ValidationError as error:
            raise Problem.form(_faults(error.messages_dict)) from None
        return loaded

    def show(self, thing: Any) -> Any:
        """Return the thing as JSON values; a schema of hot things writes its own."""
        return self.dump(thing)


@lru_cache(maxsize=16_384)
def iso(milliseconds: int) -> str:
    """Return the time in ISO 8601, UTC, to the millisecond: "2026-11-20T22:30:59.123Z".

    Remembered, because what is read is mostly what was just written: the latest pages.
    """
    return f"{_iso_second(milliseconds // 1000)}.{milliseconds % 1000:03}Z"


@lru_cache(maxsize=4096)
def _iso_second(seconds: int) -> str:
    """The messages of a page were mostly written within the same few seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _faults(messages: Mapping[Any, Any], path: str = "") -> list[Fault]:
    faults: list[Fault] = []
    for name, told in messages.items():
        field = f"{path}{name}"
        if isinstance(told, dict):
            faults += _faults(told, f"{field}.")
        else:
            faults += [_fault(word, field) for word in told]
    return faults


def _fault(told: Fault | str, field: str) -> Fault:
    """Return the fault of a field: a Refusal's own, or one of the field's standing messages, which name codes."""
    if isinstance(told, Fault):
        return told._replace(field=field)
    return Fault(Code.__members__.get(told, Code.WRONG_TYPE), field)
