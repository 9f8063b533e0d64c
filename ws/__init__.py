"""Socket.IO: live in, live out."""

from ws.bus import Bus


def open_bus(url: str) -> Bus:
    """Return the bus that the URL names, not yet open; its driver is imported only here.

    Takes ``memory://``. Raises ValueError for anything else.
    """
    if url == "memory://":
        from ws.bus_memory import MemoryBus

        return MemoryBus()
    raise ValueError(f"no bus for {url!r}: takes memory://")
