"""Centrifugo's clients: JSON commands and replies, a line each, over a raw WebSocket; the token names the channels."""

import json
from typing import Any

from bench.members import Member, Room


class Subscriber(Member):
    """One client, who is in as soon as the server answers its token, and counts what is published."""

    path = "/connection/websocket"

    def __init__(self, room: Room, *, token: str) -> None:
        super().__init__(room)
        self._connect = json.dumps({"id": 1, "connect": {"token": token}}).encode()

    def _opened(self) -> None:
        self._send(self._connect)

    def _take(self, payload: bytes) -> None:
        if not payload.startswith(b"{"):
            return  # a frame that closes
        for line in payload.splitlines():
            if line.startswith(b'{"push"'):
                self.events += 1
                self._room.got(self)
            elif line == b"{}":
                self._send(b"{}")
            else:
                self._answered(json.loads(line))

    def _answered(self, answer: dict[str, Any]) -> None:
        assert "connect" in answer, answer
        self._room.joined()
