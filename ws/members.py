"""Who is connected, as python-socketio keeps it."""

from typing import Any

import socketio


class Members(socketio.AsyncManager):  # type: ignore[misc]
    """Knows clients, not rooms: `ws.fanout` has its own, so a client is in the room of all and in its own only."""

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """Forget a client; the stock one looks for it in every room, so losing all clients took quadratic time."""
        for room in (None, sid):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]
