"""Everyone who serves a room, by name, and how each is started; chatsrv comes first."""

from collections.abc import Callable

from bench import centrifugo, processes
from bench.processes import Server, peer

OURS, NODE, STOCK, CENTRIFUGO = "chatsrv", "Node socket.io", "stock python-socketio", "Centrifugo"
BARE, SOCKETS = "bare uvloop writes of ready bytes", "bare aiohttp, a send a socket"
STACK = "FastAPI, SQLAlchemy"
RIVALS = (NODE, STOCK, CENTRIFUGO, STACK)
"""What one would pick instead."""


def servers(*names: str) -> dict[str, Callable[[], Server]]:
    """Return how they are started, all or those named; Centrifugo only where it can be had."""
    known: dict[str, Callable[[], Server]] = {
        OURS: processes.chatsrv,
        BARE: lambda: peer("bare_frames"),
        SOCKETS: lambda: peer("bare_frames", BENCH_WAY="aiohttp"),
        NODE: lambda: peer("socketio_node"),
        STOCK: lambda: peer("socketio_python"),
    }
    if centrifugo.available():
        known[CENTRIFUGO] = centrifugo.server
    return {name: known[name] for name in names or known if name in known}
