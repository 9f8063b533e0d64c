"""Socket.IO packets from clients, read as strictly as the official parser reads them."""

import json
from typing import Any

from socketio import packet as socketio_packet
from socketio.packet import ACK, BINARY_ACK, BINARY_EVENT, CONNECT, DISCONNECT, EVENT

MOST_ATTACHMENTS = 10

# Names that libraries emit to themselves: a client that sends one would call our own handlers.
RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})


class StrictJson:
    """JSON as the standard has it; Python's own takes NaN and Infinity, which other clients could not read."""

    dumps = staticmethod(json.dumps)

    @staticmethod
    def loads(text: str) -> Any:
        """Return the value. Raises ValueError."""
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)


class StrictPacket(socketio_packet.Packet):  # type: ignore[misc]
    """A packet that cannot be made from anything malformed: reading raises ValueError instead."""

    json = StrictJson

    def decode(self, encoded_packet: str) -> int:
        """Read a packet; return how many attachments follow. The stock one believes any number and any shape."""
        count = int(super().decode(encoded_packet))
        binary = self.packet_type in (BINARY_EVENT, BINARY_ACK)
        allowed = range(1, MOST_ATTACHMENTS + 1) if binary else range(1)
        if count not in allowed or not self._has_its_shape():
            raise ValueError("a malformed packet")
        return count

    def _has_its_shape(self) -> bool:
        data = self.data
        if self.packet_type == CONNECT:
            return data is None or isinstance(data, dict)
        if self.packet_type == DISCONNECT:
            return data is None
        if self.packet_type in (EVENT, BINARY_EVENT):
            return isinstance(data, list) and bool(data) and _may_be_emitted(data[0])
        return self.packet_type in (ACK, BINARY_ACK) and isinstance(data, list) and self.id is not None

    @classmethod
    def _reconstruct_binary_internal(cls, data: Any, attachments: list[bytes]) -> Any:
        """Put the attachments in their places; the stock one is wedged by a place that does not exist."""
        if isinstance(data, dict) and data.get("_placeholder") and "num" in data:
            number = data["num"]
            if type(number) is not int or not 0 <= number < len(attachments):
                raise ValueError("a placeholder without an attachment")
            return attachments[number]
        return super()._reconstruct_binary_internal(data, attachments)


def _may_be_emitted(name: Any) -> bool:
    if isinstance(name, str):
        return name not in RESERVED
    return type(name) in (int, float)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object. Raises ValueError if a key comes twice: nobody could say which value was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key comes twice")
    return found
