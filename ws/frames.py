"""WebSocket frames (RFC 6455, section 5): those of the server are made here, those of a client read strictly."""

import struct
from collections.abc import Iterator

from aiohttp import WSCloseCode

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

_FINAL, _RESERVED, _CONTROL, _MASKED = 0x80, 0x70, 0x08, 0x80
_KINDS = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
_HEAD, _MASK = 2, 4
_EXTENDED = {126: 2, 127: 8}
_LONGEST_CONTROL = 125
_NEVER_SENT = WSCloseCode.ABNORMAL_CLOSURE  # aiohttp lists it, and only ever tells it to itself
_CODES = frozenset(int(code) for code in WSCloseCode) - {_NEVER_SENT}
_PRIVATE_CODES = range(3000, 5000)


class Breach(Exception):
    """A client that breaks the protocol, and the code that it is closed with."""

    def __init__(self, code: WSCloseCode) -> None:
        super().__init__(code.name)
        self.code = int(code)


def frame(kind: int, payload: bytes) -> bytes:
    """Return an unmasked, unfragmented frame."""
    head, size = _FINAL | kind, len(payload)
    if size < 126:
        return struct.pack("!BB", head, size) + payload
    if size < 65536:
        return struct.pack("!BBH", head, 126, size) + payload
    return struct.pack("!BBQ", head, 127, size) + payload


class Frames:
    """Puts a client's messages together; what has not come whole waits, within the bound of one message."""

    __slots__ = ("_kind", "_most", "_partial", "_rest", "_wanted")

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest: bytearray | None = None
        self._wanted = 0
        """How many bytes of the frame that waits there must be before it is worth looking at."""
        self._kind = CONTINUATION
        self._partial: bytearray | None = None

    def read(self, data: bytes) -> Iterator[tuple[int, str | bytes]]:
        """Yield what is complete: kind and content, whole messages and the control frames between.

        Raises Breach, after what came before it.
        """
        if self._rest is not None:
            self._rest += data
            if len(self._rest) < self._wanted:
                return
            data, self._rest = bytes(self._rest), None
        place = 0
        while (found := self._find(data, place)) is not None:
            start, end = found
            yield from self._take(data[place], _unmasked(data[start - _MASK : start], data[start:end]))
            place = end
        if place < len(data):
            self._rest = bytearray(data[place:])

    def _find(self, data: bytes, place: int) -> tuple[int, int] | None:
        """Return where the payload of the frame at this place starts and ends, None while it is not there."""
        left = len(data) - place
        self._wanted = _HEAD
        if left < _HEAD:
            return None
        size = data[place + 1] & ~_MASKED
        self._check(data[place], data[place + 1] & _MASKED, size)
        start = place + _HEAD
        extended = _EXTENDED.get(size, 0)
        if extended:
            self._wanted = _HEAD + extended
            if left < self._wanted:
                return None
            size = int.from_bytes(data[start : start + extended], "big")
        if not data[place] & _CONTROL and size + len(self._partial or b"") > self._most:
            raise Breach(WSCloseCode.MESSAGE_TOO_BIG)
        start += extended + _MASK
        self._wanted = start + size - place
        return (start, start + size) if left >= self._wanted else None

    @staticmethod
    def _check(head: int, masked: int, size: int) -> None:
        control = head & _CONTROL
        if (
            not masked
            or head & _RESERVED
            or head & 0x0F not in _KINDS
            or (control and (not head & _FINAL or size > _LONGEST_CONTROL))
        ):
            raise Breach(WSCloseCode.PROTOCOL_ERROR)

    def _take(self, head: int, payload: bytes) -> Iterator[tuple[int, str | bytes]]:
        kind = head & 0x0F
        if kind & _CONTROL:
            if kind == CLOSE:
                _check_close(payload)
            yield kind, payload
            return
        if (kind == CONTINUATION) != (self._partial is not None):
            raise Breach(WSCloseCode.PROTOCOL_ERROR)
        if not head & _FINAL:
            self._kind = kind or self._kind
            self._partial = (self._partial or bytearray()) + payload
            return
        if self._partial is not None:
            kind, payload, self._partial = self._kind, bytes(self._partial) + payload, None
        yield kind, _text(payload) if kind == TEXT else payload


def _unmasked(mask: bytes, payload: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // _MASK + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Breach(WSCloseCode.INVALID_TEXT) from None


def _check_close(payload: bytes) -> None:
    """Raise Breach if a close frame says something that must not be said."""
    if payload:
        code = int.from_bytes(payload[:2], "big")
        if len(payload) < 2 or (code not in _PRIVATE_CODES and code not in _CODES):
            raise Breach(WSCloseCode.PROTOCOL_ERROR)
        _text(payload[2:])
