"""WebSocket frames made by hand, and a connection that takes them."""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.ws.raw import PATIENCE, Served

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x37\xfa\x21\x3d"

Peer = tuple[StreamReader, StreamWriter]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """Return one frame of a client."""
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    flag, size = (0x80 if masked else 0), len(payload)
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack("!H", size)
    else:
        head += bytes([flag | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def close(code: int | None, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(CLOSE, (b"" if code is None else struct.pack("!H", code)) + reason)


@asynccontextmanager
async def shaken(served: Served) -> AsyncIterator[Peer]:
    """Connect, and shake hands as a WebSocket client does."""
    address = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(
            b"GET " + served.path.encode() + b"?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + _KEY + b"\r\n\r\n"
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        opcode, payload = await received(reader)
        assert (opcode, payload[:1]) == (TEXT, b"0")
        yield reader, writer
    finally:
        writer.close()


async def received(reader: StreamReader) -> tuple[int, bytes]:
    """Return the next frame of the server, which masks none and fragments none."""
    async with asyncio.timeout(PATIENCE):
        first, size = await reader.readexactly(2)
        assert first & 0x80
        assert size < 126 or size in (126, 127)
        if size == 126:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await reader.readexactly(8))
        return first & 0x7F, await reader.readexactly(size)
