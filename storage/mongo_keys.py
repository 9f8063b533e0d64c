"""How JSON objects go into BSON: the keys that MongoDB reserves are escaped, everything else stays readable there."""

from typing import Any

_RESERVED = (("%", "%25"), (".", "%2E"), ("$", "%24"), ("\0", "%00"))
_EMPTY = "%"


def pack(value: Any) -> Any:
    """Return the JSON value with keys that every MongoDB takes, so that no key of a user's is ever an operator."""
    if isinstance(value, dict):
        return {pack_key(key): pack(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [pack(inner) for inner in value]
    return value


def unpack(value: Any) -> Any:
    """Return the JSON value that `pack` was given."""
    if isinstance(value, dict):
        return {unpack_key(key): unpack(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unpack(inner) for inner in value]
    return value


def pack_key(key: str) -> str:
    """Return the key as MongoDB takes it: without a dot, a dollar sign or a NUL, and not empty."""
    if key.isalnum():
        return key
    for plain, escaped in _RESERVED:
        key = key.replace(plain, escaped)
    return key or _EMPTY


def unpack_key(key: str) -> str:
    """Return the key that `pack_key` was given."""
    if "%" not in key:
        return key
    if key == _EMPTY:
        return ""
    for plain, escaped in reversed(_RESERVED):
        key = key.replace(escaped, plain)
    return key
