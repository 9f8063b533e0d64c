"""One flush a tick: several packets to one client become one write."""

import asyncio

from ws.websocket import WebSocket


class Outbox:
    """Flushes every connection that was written to in this tick of the loop, in one callback for all of them.

    What happens here happens for every delivery, so it is written out instead of divided into calls.
    """

    def __init__(self) -> None:
        self._due: list[WebSocket] = []

    def add(self, wire: WebSocket, frame: bytes) -> None:
        """Send the frame before the loop waits again."""
        pending = wire.pending
        if pending is None:
            wire.pending = frame
            due = self._due
            if not due:
                asyncio.get_running_loop().call_soon(self._flush)
            due.append(wire)
        elif isinstance(pending, bytes):
            wire.pending = [pending, frame]
        else:
            pending.append(frame)

    def _flush(self) -> None:
        due, self._due = self._due, []
        for wire in due:
            pending = wire.pending
            if isinstance(pending, bytes):
                wire.pending = None
                wire.send(pending)
                if wire.strained:
                    wire.complain()
            else:
                wire.flush()
