"""An HTTP load generator: keep-alive connections that send the next request when the answer is whole."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import cast

from bench.processes import generator_seconds

_LENGTH = re.compile(rb"content-length: (\d+)", re.I)


@dataclass(frozen=True)
class Load:
    """What a run did: requests answered a second, and how busy the generator itself was (1 is its limit)."""

    rate: float
    busy: float


class _Asker(asyncio.Protocol):
    def __init__(self, request: bytes, until: float, done: "asyncio.Future[int]") -> None:
        self._request = request
        self._until = until
        self._done = done
        self._buffer = b""
        self._answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        found = _LENGTH.search(self._buffer, 0, end)
        assert found, self._buffer
        if len(self._buffer) < end + 4 + int(found[1]):
            return
        assert self._buffer.startswith(b"HTTP/1.1 200"), self._buffer[:500]
        self._buffer = b""
        self._answered += 1
        if time.monotonic() < self._until:
            self._transport.write(self._request)
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(self._answered)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))


async def load(port: int, request: bytes, *, in_flight: int = 64, seconds: float = 3) -> Load:
    """Send the request again and again over ``in_flight`` connections."""
    loop = asyncio.get_running_loop()
    began, busy = time.monotonic(), generator_seconds()
    done = [loop.create_future() for _ in range(in_flight)]
    for future in done:
        await loop.create_connection(
            lambda future=future: _Asker(request, began + seconds, future),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    answered = sum(await asyncio.gather(*done))
    took = time.monotonic() - began
    return Load(answered / took, (generator_seconds() - busy) / took)


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
