"""Which codes a route may answer with, and how a document says so: by status, each with its sentence."""

from collections.abc import Iterable, Iterator
from typing import Any

from marshmallow import Schema, fields

from chatsrv.errors import Channel, Code, Problem, Topic
from chatsrv.schemas.described.promises import Promise

_ANY = (Code.BAD_REQUEST, Code.TOO_MANY_REQUESTS, Code.CRASH, Code.UNAVAILABLE)
_TOKEN = (Code.NO_TOKEN, Code.BAD_TOKEN, Code.TOKEN_EXPIRED, Code.OUT_OF_SCOPE, Code.NOT_FOR_BOTS)
_READING = (Code.TOO_LARGE, Code.NOT_JSON, Code.NOT_AN_OBJECT, Code.NOT_PROTOBUF)


def codes(route: Promise) -> list[Code]:
    """Return every code that the route may answer with: its own, and those that its access and its body bring along."""
    found = {*_ANY, *route.errors}
    if route.access.value >= 0 or Code.NO_TOKEN in route.errors:
        found |= {*_TOKEN}
    if route.access.value > 0:
        found.add(Code.FORBIDDEN)
    if route.body is not None:
        found |= {*_READING, *of_shape(route.body)}
    if route.takes is not None:
        found.add(Code.TOO_LARGE)
    return sorted(found, key=lambda code: code.number)


def of_shape(shape: Schema) -> set[Code]:
    """Return what the fields of a shape may refuse with."""
    return {code for field in shape.fields.values() for code in _of_field(field)}


def _of_field(field: fields.Field[Any]) -> Iterator[Code]:
    yield from getattr(field, "refusals", (Code.WRONG_TYPE,))
    if field.required:
        yield Code.REQUIRED_FIELD
    match field:
        case fields.Nested():
            yield from of_shape(field.schema)
        case fields.List():
            yield from _of_field(field.inner)
        case fields.Dict():
            for one in (field.key_field, field.value_field):
                if one is not None:
                    yield from _of_field(one)


def by_status(found: Iterable[Code]) -> dict[int, list[Code]]:
    """Return the codes of each status."""
    grouped: dict[int, list[Code]] = {}
    for code in found:
        grouped.setdefault(code.status, []).append(code)
    return dict(sorted(grouped.items()))


def sentences(found: Iterable[Code]) -> str:
    """Return the codes as Markdown, a line each."""
    return "\n".join(f"- `{code.name}` ({code.number:#06x}): {code.sentence}" for code in found)


def example(code: Code) -> dict[str, Any]:
    """Return how an answer with this code looks."""
    field = "name" if code.number >> 8 & 15 == Topic.FORM else None
    return {"summary": code.sentence, "value": Problem(code, field=field).body(Channel.AJAX)}
