"""Examples: a value for each field, and whole bodies made of these."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from marshmallow import fields

BY_NAME: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "access-token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        "admin": "lyova",
        "author": "lyova",
        "author.username": "lyova",
        "avatar": "/attachments/0191d2a4-4c5e-7cc1-9f0b-6f1d2b3c4d5e",
        "bio": "A writer from Yasnaya Polyana",
        "chat_name": "Writers",
        "email": "lev@ya.ru",
        "epoch": "5f0c0b8e",
        "expires_in": 900,
        "inviter": "lyova",
        "kind": "message",
        "language": "ru",
        "name": "Lev",
        "nickname": "lyova",
        "password": "Qwerty-123",
        "password_confirmation": "Qwerty-123",
        "old_password": "Qwerty-122",
        "refresh_token": "0191d2a4.c2VjcmV0",
        "sender": "anna",
        "stream": "chat:1763676659123000",
        "text": "All happy families are alike",
        "title": "Anna Karenina",
        "token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        "type": "image/png",
        "url": "https://example.org/",
        "username": "lyova",
        "user": "anna",
        "voter": "anna",
    }
)
_TYPES: Final[Mapping[str, type]] = MappingProxyType({"string": str, "integer": int})
_BY_TYPE: Final[Mapping[str, Any]] = MappingProxyType({"string": "text", "integer": 1, "boolean": True})
_BY_FORMAT: Final[Mapping[str, str]] = MappingProxyType(
    {"date-time": "2026-11-20T22:30:59.123Z", "uuid": "0191d2a4-4c5e-7cc1-9f0b-6f1d2b3c4d5e"}
)


def told(field: fields.Field[Any], kind: Any) -> Any:
    """Return the example of a field, its own or one of its name and type; None when there is none."""
    if "example" in field.metadata:
        return field.metadata["example"]
    found = BY_NAME.get(field.data_key or field.name or "")
    return found if type(found) is _TYPES.get(first(kind) or "") else None


def first(kinds: Any) -> str | None:
    """Return the first of a schema's types."""
    return kinds if isinstance(kinds, str) or kinds is None else kinds[0]


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Return a value that the schema allows; ``schemas`` are the components that it may name."""
    for word in ("examples", "enum"):
        if word in schema:
            return schema[word][0]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return example(schema[word][0], schemas)
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return _made(schema, first(schema.get("type")), schemas)


def _made(schema: Mapping[str, Any], kind: str | None, schemas: Mapping[str, Any]) -> Any:
    match kind:
        case None:
            return {}
        case "object":
            return {name: example(one, schemas) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [example(one, schemas) for one in schema.get("prefixItems", [schema["items"]])]
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE[kind])
        case "integer":
            return max(_BY_TYPE[kind], schema.get("minimum", 0))
    return _BY_TYPE[kind]
