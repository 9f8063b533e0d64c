"""What a route promises, as the documents read it; the routes themselves are the handlers'."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

from marshmallow import fields

from chatsrv.errors import Code
from chatsrv.schemas.base import Number, Shape, Text


class Parameter(NamedTuple):
    """Something that a request says beside its body: ``place`` is path, query or header."""

    place: str
    name: str
    field: fields.Field[Any]


class Media(NamedTuple):
    """A body or an answer that is not JSON: its type, a sentence, a form's fields, other statuses that it may have."""

    kind: str
    says: str = ""
    shape: type[Shape] | None = None
    also: Mapping[int, str] = MappingProxyType({})


class Access(Protocol):
    """Who may ask: a role's number, less than 0 for anyone."""

    @property
    def name(self) -> str:
        """The role's name."""

    @property
    def value(self) -> int:
        """The role's number."""


class Promise(Protocol):
    """A route. ``gives`` is what it answers with where that is no shape: a bare field, or what is not JSON."""

    @property
    def method(self) -> str:
        """GET, POST …."""

    @property
    def path(self) -> str:
        """The path, with its names in braces."""

    @property
    def access(self) -> Access:
        """Who may ask."""

    @property
    def call(self) -> Callable[..., Any]:
        """The handler: its docstring says what it does, its annotation what it returns, its module what it is about."""

    @property
    def body(self) -> Shape | None:
        """The body's shape."""

    @property
    def answer(self) -> Shape | None:
        """The answer's shape, or of each item of it."""

    @property
    def errors(self) -> tuple[Code, ...]:
        """The codes that it may answer with, beside those that its body and its access bring along."""

    @property
    def linked(self) -> bool:
        """Whether a signature in the address opens it."""

    @property
    def scope(self) -> str | None:
        """What an application needs to ask it."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What else a request may say."""

    @property
    def takes(self) -> Media | None:
        """A body that is not JSON."""

    @property
    def gives(self) -> Media | fields.Field[Any] | None:
        """An answer that has no shape."""


def _text(says: str, **options: Any) -> Text:
    return Text(metadata={"description": says}, **options)


def _header(name: str, says: str) -> Parameter:
    return Parameter("header", name, _text(says, longest=8000))


BEFORE: Final = Parameter(
    "query",
    "before",
    Number(metadata={"description": "Go on behind the thing with this id: exact while others are added."}),
)
AFTER: Final = Parameter(
    "query",
    "after",
    Number(metadata={"description": "What follows the thing with this id, newest first as ever; empty at the end."}),
)
IDEMPOTENCY_KEY: Final = Parameter(
    "header",
    "Idempotency-Key",
    _text("The same key of the same person is the same change, however often it is sent.", shortest=1, longest=200),
)
IF_NONE_MATCH: Final = _header("If-None-Match", "An ETag: what has not changed is not sent again.")
RANGE: Final = _header("Range", "One range of bytes, RFC 9110.")
SIGNATURE: Final = Parameter("query", "signature", _text("Opens this file without a token for a while.", longest=8000))

NAMES: Final[Mapping[str, fields.Field[Any]]] = MappingProxyType(
    {
        "id": Number(least=1, metadata={"description": "The id of what it is about."}),
        "chat": Number(least=1, metadata={"description": "A chat's id."}),
        "page": Number(least=1, metadata={"description": "Pages are numbered from 1."}),
        "nickname": _text("A nickname, or an id."),
        "user": _text("A nickname, or an id."),
    }
)
"""What the names in paths are, where a route does not say otherwise."""


def in_query(shape: type[Shape]) -> tuple[Parameter, ...]:
    """Return what a query may say, as the fields of a shape."""
    return tuple(Parameter("query", one.data_key or name, one) for name, one in shape().fields.items())


def named(name: str, says: str = "", field: fields.Field[Any] | None = None) -> Parameter:
    """Return what a name in a path is, where that is not what it is elsewhere; text by default."""
    return Parameter("path", name, field or _text(says))
