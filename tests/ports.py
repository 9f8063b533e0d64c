"""Ports that stay free: the kernel gives none of them to an outgoing connection, so a server can come back to one."""

import random
import socket

_FIRST, _LAST = 10_000, 32_000
"""Below those of outgoing connections (Linux: 32768 to 60999), of which the tests make many at once."""


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
