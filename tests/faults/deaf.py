"""Clients that connect and never read: many of them, with as little room in the kernel as it gives."""

import asyncio
import json
import socket
from typing import Any

import aiohttp

_ROOM = 4096


def _socket(address: Any) -> socket.socket:
    family, kind, protocol, *_ = address
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    return made


class Deaf:
    """So many WebSockets of one person."""

    def __init__(self, url: str, token: str) -> None:
        self._url = f"{url}socket.io/?EIO=4&transport=websocket"
        self._token = token
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, socket_factory=_socket))

    async def connect(self, number: int, *, resuming: str = "") -> None:
        """Open them; from then on they read nothing, not even the answer to a resume of this stream from its begin."""
        await asyncio.gather(*(self._connect(resuming) for _ in range(number)))

    async def close(self) -> None:
        """Drop them."""
        await self._http.close()

    async def _connect(self, resuming: str) -> None:
        ws = await self._http.ws_connect(self._url, max_msg_size=0)
        await ws.receive()
        await ws.send_str(f"40{json.dumps({'token': self._token})}")
        await ws.receive()
        if resuming:
            await ws.send_str(f"420{json.dumps(['resume', {'streams': {resuming: 0}}])}")
        ws._conn.transport.pause_reading()  # type: ignore[union-attr]
