"""Shapes as JSON Schema: each a component named as its message of Protocol Buffers, made by apispec from its fields."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from chatsrv.schemas.base import Choice, Flag, Many, Number, Shape, Text, Time
from chatsrv.schemas.described.examples import told
from chatsrv.schemas.described.meanings import BY_NAME
from chatsrv.schemas.proto import name_of

VERSION = "3.1.0"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
_TYPES = {Text: ("string", None), Number: ("integer", "int64"), Flag: ("boolean", None), Time: ("string", "date-time")}


class Components:
    """The components of a document.

    A body may have anything beside its fields; an answer has all of its fields but those that its shape calls
    ``sometimes``. What is both is described as a body.
    """

    def __init__(self, spec: APISpec, plugin: "Plugin", bodies: Iterable[Shape]) -> None:
        self._spec = spec
        self._converter = plugin.converter
        self._converter.taken = {one for shape in bodies for one in _within(shape)}

    def shape(self, shape: Shape) -> dict[str, Any]:
        """Return a reference to the shape's component, which is made if it is new."""
        schema: dict[str, Any] = self._converter.resolve_nested_schema(shape)
        return schema

    def field(self, field: fields.Field[Any]) -> dict[str, Any]:
        """Return the schema of a field that stands alone."""
        schema: dict[str, Any] = self._converter.field2property(field)
        return schema

    def response(self, name: str, response: dict[str, Any]) -> dict[str, Any]:
        """Make a response a component and return a reference to it."""
        self._spec.components.response(name, response)
        return {"$ref": f"#/components/responses/{name}"}

    @property
    def schemas(self) -> dict[str, Any]:
        """All components so far, by their names."""
        return self._spec.components.schemas


class _Converter(OpenAPIConverter):
    """apispec's, with what it can not know of our fields and shapes."""

    taken: set[type[Schema]]

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        described: dict[str, Any] = super().schema2jsonschema(schema)
        described["description"] = sentence(type(schema))
        if type(schema) not in self.taken:
            present = described["properties"].keys() - getattr(schema, "sometimes", frozenset())
            described["required"] = sorted(present)
        words = ("type", "description", "properties", "required")
        return {word: described[word] for word in words if described.get(word)}


class Plugin(MarshmallowPlugin):
    """apispec's, with our converter."""

    Converter = _Converter
    converter: _Converter

    def __init__(self) -> None:
        super().__init__(schema_name_resolver=_name)  # type: ignore[arg-type]

    def init_spec(self, spec: APISpec) -> None:
        super().init_spec(spec)
        for kind, told_type in _TYPES.items():
            self.converter.map_to_openapi_type(kind, *told_type)
        self.converter.add_attribute_function(_described)
        self.converter.add_attribute_function(_bounded)
        self.converter.add_attribute_function(_exemplified)
        self.converter.add_attribute_function(_explained)


def sentence(thing: object) -> str:
    """Return what a docstring says, as Markdown."""
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "").replace("``", "`")


def _name(schema: Any) -> str | None:
    """Return a shape's name; what is cut out of a shape is described where it stands."""
    return None if schema.only is not None or schema.exclude else name_of(type(schema))


def _within(shape: Schema) -> Iterator[type[Schema]]:
    yield type(shape)
    for field in shape.fields.values():
        yield from _nested(field)


def _nested(field: fields.Field[Any]) -> Iterator[type[Schema]]:
    match field:
        case fields.Nested():
            yield from _within(field.schema)
        case fields.List():
            yield from _nested(field.inner)
        case fields.Dict() if field.value_field is not None:
            yield from _nested(field.value_field)


def _described(self: _Converter, field: fields.Field[Any], **options: Any) -> dict[str, Any]:
    said = dict(getattr(field, "described", {}))
    return said | ({"type": [*_list(said["type"]), "null"]} if field.allow_none and "type" in said else {})


def _list(kinds: str | list[str]) -> list[str]:
    return [kinds] if isinstance(kinds, str) else kinds


def _bounded(self: _Converter, field: fields.Field[Any], **options: Any) -> dict[str, Any]:
    """Say what is refused in a body, or beside it; of an answer a field promises nothing but how a time is written."""
    if isinstance(field.root, Schema) and type(field.root) not in self.taken:
        return {"pattern": _ISO} if isinstance(field, Time) else {}
    match field:
        case Choice():
            return {"enum": [*field.choices, *([None] if field.allow_none else [])]}
        case Text():
            return {"maxLength": field.longest} | ({"minLength": field.shortest} if field.shortest else {})
        case Number():
            return {"minimum": field.least, "maximum": field.most}
        case Many():
            return {"maxItems": field.longest}
    return {}


def _exemplified(self: _Converter, field: fields.Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
    ret.pop("example", None)
    if ret.get("default") == "" and ret.keys() & {"format", "pattern"}:
        del ret["default"]  # it stands for none, and is not in the form that the others have
    example = None if "enum" in ret else told(field, ret.get("type"))
    return {} if example is None else {"examples": [example]}


def _explained(self: _Converter, field: fields.Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
    """Say what the field means, unless it says so itself, or is the value of a list, or a thing that is described."""
    meaning = BY_NAME.get(field.data_key or field.name or "")
    if meaning is None or "description" in ret or "$ref" in ret or field.parent is not field.root:
        return {}
    return {"description": meaning}
