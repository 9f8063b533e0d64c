"""What the Socket.IO edge allows, in one value."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of the Socket.IO edge; nothing that a client sends or leaves unread grows past them."""

    packet_bytes: int
    """Most bytes of one packet, of one polling body, and of all attachments of one event."""
    buffer_bytes: int
    """Most bytes that wait for one client before it is closed as too slow."""
    handshake_seconds: float
    """How long a connection may stay without joining a namespace, and an upgrade may take."""
    ping_interval: float
    """Seconds between a client's pong and the next ping."""
    ping_timeout: float
    """Seconds that a client has to answer a ping."""
    connections: int
    """Most sessions at once."""
    packets_per_second: int
    """How many packets one connection may send, on average."""
    packets_burst: int
    """And at once; past it events are refused, past twice as many the connection is closed."""
    origins: Sequence[str] = ()
    """Origins of pages that may connect besides our own; "*" means all."""
