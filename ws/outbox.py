"""One flush a tick: several packets to one client become one write."""

import asyncio
from typing import Protocol


class Flushable(Protocol):
    """Something that was written to and waits for its flush."""

    def flush(self) -> None:
        """Hand over what was written; never raises."""


class Outbox:
    """Flushes every session that was written to in this tick of the loop, in one callback for all of them."""

    def __init__(self) -> None:
        self._due: list[Flushable] = []

    def add(self, socket: Flushable) -> None:
        """Flush this session before the loop waits again."""
        if not self._due:
            asyncio.get_running_loop().call_soon(self._flush)
        self._due.append(socket)

    def _flush(self) -> None:
        due, self._due = self._due, []
        for socket in due:
            socket.flush()
