"""Engine.IO packets as they travel: made once as bytes, shared by everyone who gets them, and read strictly."""

import base64
import json
from typing import NamedTuple

from ws.frames import BINARY, TEXT, frame

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
SEPARATOR = "\x1e"


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
    whole = frame(TEXT, payload)
    return Packet(text, whole, len(whole))


def attachment(data: bytes) -> Packet:
    """Return the packet of a binary message."""
    whole = frame(BINARY, data)
    return Packet("b" + base64.b64encode(data).decode(), whole, len(whole))


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
