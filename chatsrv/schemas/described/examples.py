"""Examples: a value for each field, and whole bodies made of these."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from marshmallow import fields

SELDOM: Final = "x-seldom"
"""Marks a field that examples leave out."""

_TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"
_UUID = "0191d2a4-4c5e-7cc1-9f0b-6f1d2b3c4d5e"
_ID = 373483915211608
_NO = dict.fromkeys(("deleted", "disabled", "edited", "guest", "muted", "quiet", "reset"), False)
_IDS = dict.fromkeys(
    ("id", "author_id", "chat", "chat_id", "conversation_id", "read_id", "user_id", "users"), (_ID, _UUID)
)
_NAMES = dict.fromkeys(("admin", "author", "author.username", "inviter", "nickname", "sender", "username"), "lyova")

BY_NAME: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **_NO,
        **_IDS,
        **_NAMES,
        "access-token": _TOKEN,
        "access_token": _TOKEN,
        "auth_token": _TOKEN,
        "avatar": f"/attachments/{_UUID}",
        "bio": "A writer from Yasnaya Polyana",
        "chat_name": "Writers",
        "client_id": _UUID,
        "email": "lev@ya.ru",
        "epoch": "5f0c0b8e",
        "expires_in": 900,
        "fio": "Lev Tolstoy",
        "kind": "message",
        "language": "ru",
        "name": "Lev",
        "old_password": "Qwerty-122",
        "password": "Qwerty-123",
        "password_confirmation": "Qwerty-123",
        "redirect_uri": "https://example.org/back",
        "refresh_token": "0191d2a4.c2VjcmV0",
        "rev": 7,
        "scope": "talk:read talk:write",
        "seq": 7,
        "stream": f"chat:{_ID}",
        "text": "All happy families are alike",
        "title": "Anna Karenina",
        "token": _TOKEN,
        "token_type": "Bearer",
        "type": ("image/png", 0),
        "url": "https://example.org/",
        "user": "anna",
        "voter": "anna",
    }
)
"""What stands for a field of this name; of several the one of the field's type."""

_TYPES: Final[Mapping[str, type]] = MappingProxyType({"string": str, "integer": int, "boolean": bool})
_BY_TYPE: Final[Mapping[str, Any]] = MappingProxyType({"string": "text", "integer": 1, "boolean": True})
_BY_FORMAT: Final[Mapping[str, str]] = MappingProxyType({"date-time": "2026-11-20T22:30:59.123Z", "uuid": _UUID})


def told(field: fields.Field[Any], kind: Any) -> Any:
    """Return the example of a field, its own or one of its name and type; None when there is none."""
    if "example" in field.metadata:
        return field.metadata["example"]
    found = BY_NAME.get(field.data_key or field.name or "")
    wanted = _TYPES.get(first(kind) or "")
    return next((one for one in (found if isinstance(found, tuple) else (found,)) if type(one) is wanted), None)


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
            shown = {name: one for name, one in schema.get("properties", {}).items() if SELDOM not in one}
            return {name: example(one, schemas) for name, one in shown.items()}
        case "array":
            return [example(one, schemas) for one in schema.get("prefixItems", [schema["items"]])]
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), _BY_TYPE[kind])
        case "integer":
            return max(_BY_TYPE[kind], schema.get("minimum", 0))
    return _BY_TYPE[kind]
