"""JSON as it comes from outside: of a key that comes twice nobody could say which value is meant (RFC 7493, 2.3)."""

import json
from typing import Any

import orjson


def parsed(content: bytes) -> Any:
    """Return the value. Raises ValueError for what is no JSON, and for an object that has a key twice.

    Every key takes a colon: with no more colons than keys none was lost, and almost every body is read only once.
    """
    value = orjson.loads(content)
    if content.count(b":") > _keys(value):
        try:
            json.loads(content, object_pairs_hook=_once)
        except RecursionError:
            raise ValueError("too deep") from None
    return value


def _keys(value: Any) -> int:
    """Return how many keys all objects have together."""
    if isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()):
        return len(value)
    found, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found += len(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return found


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key comes twice")
