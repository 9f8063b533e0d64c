"""Who is connected, as python-socketio keeps it."""

from collections.abc import Iterator
from typing import Any

import socketio


class Members(socketio.AsyncManager):  # type: ignore[misc]
    """Knows clients, not rooms, for `ws.fanout` has its own: everyone is in the one of all, found there by their id."""

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Note a client; the stock one makes a room for each."""
        if room != sid:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def get_participants(self, namespace: str, room: str | None) -> Iterator[tuple[str, str]]:
        """Yield who is meant by a room: everyone, or one."""
        everyone = self.rooms.get(namespace, {}).get(None, {})
        yield from list(everyone.items()) if room is None else [(room, everyone[room])] if room in everyone else []

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """Forget a client; the stock one looks for it in every room, so losing all clients took quadratic time."""
        self.basic_leave_room(sid, namespace, None)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]
