"""Engine.IO packets as they travel: made once as bytes, shared by everyone who gets them, and read strictly."""

import base64
import json
import struct
from typing import NamedTuple

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
SEPARATOR = "\x1e"

_FINAL_TEXT, _FINAL_BINARY = 0x81, 0x82


class Packet(NamedTuple):
    """One packet to a client, ready for both transports."""

    text: str
    """What a polling client gets."""
    frame: bytes
    """What a WebSocket client gets: the whole frame, unmasked."""
    size: int
    """Bytes of the frame."""


class Received(NamedTuple):
    """One packet from a client."""

    kind: str
    data: str | bytes


def packet(text: bytes | str) -> Packet:
    """Return the packet of an Engine.IO text such as ``42["name",{}]``. Raises ValueError if it is not Unicode."""
    if isinstance(text, str):
        payload = text.encode()
    else:
        payload, text = text, text.decode()
    frame = _frame(_FINAL_TEXT, payload)
    return Packet(text, frame, len(frame))


def attachment(data: bytes) -> Packet:
    """Return the packet of a binary message."""
    frame = _frame(_FINAL_BINARY, data)
    return Packet("b" + base64.b64encode(data).decode(), frame, len(frame))


def event(name: str, body: bytes) -> Packet:
    """Return the packet of a Socket.IO event of the main namespace; ``body`` is the JSON of its one argument."""
    return packet(b"42[%b,%b]" % (json.dumps(name).encode(), body))


def receive(message: str | bytes) -> Received:
    """Return the packet that a client's message is. Raises ValueError if it is none.

    Unlike engineio's own it never guesses: the data of a message stays as it came, JSON or not.
    """
    if isinstance(message, bytes):
        return Received(MESSAGE, message)
    kind = message[:1]
    if kind == "b":
        return Received(MESSAGE, base64.b64decode(message[1:], validate=True))
    if not kind or kind not in "0123456":
        raise ValueError("an unknown packet type")
    return Received(kind, message[1:])


def _frame(head: int, payload: bytes) -> bytes:
    """Return an unmasked, unfragmented frame (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", head, size) + payload
    if size < 65536:
        return struct.pack("!BBH", head, 126, size) + payload
    return struct.pack("!BBQ", head, 127, size) + payload
