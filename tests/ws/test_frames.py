"""WebSocket frames made by hand, as RFC 6455 says that they must be answered."""

import asyncio
import struct
from asyncio import StreamReader

import pytest

from tests.ws.framed import BINARY, CLOSE, CONTINUATION, MASK, PING, PONG, TEXT, close, frame, received, shaken
from tests.ws.raw import PATIENCE


async def ending(reader: StreamReader) -> int | None:
    """Return the code of the server's close frame, None if it cut the connection without one; nothing may follow."""
    code = None
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                opcode, payload = await received(reader)
                if opcode == CLOSE:
                    code = struct.unpack("!H", payload[:2])[0] if payload else 1005
        except (asyncio.IncompleteReadError, ConnectionResetError):
            return code


ANSWERS = {
    "the first reserved bit": (frame(TEXT, b"4a", reserved=4), 1002),
    "the second reserved bit": (frame(TEXT, b"4a", reserved=2), 1002),
    "the third reserved bit": (frame(TEXT, b"4a", reserved=1), 1002),
    "all reserved bits on a control frame": (frame(PING, b"", reserved=7), 1002),
    "reserved data opcode 3": (frame(3, b"4a"), 1002),
    "reserved data opcode 7": (frame(7, b"4a"), 1002),
    "reserved control opcode 11": (frame(11, b""), 1002),
    "reserved control opcode 15": (frame(15, b""), 1002),
    "an unmasked text": (frame(TEXT, b"4a", masked=False), 1002),
    "an unmasked binary": (frame(BINARY, b"a", masked=False), 1002),
    "an unmasked ping": (frame(PING, b"a", masked=False), 1002),
    "an unmasked close": (frame(CLOSE, struct.pack("!H", 1000), masked=False), 1002),
    "a fragmented ping": (frame(PING, b"a", fin=False), 1002),
    "a fragmented close": (frame(CLOSE, b"", fin=False), 1002),
    "a ping of 126 bytes": (frame(PING, b"x" * 126), 1002),
    "a close of 126 bytes": (close(1000, b"x" * 124), 1002),
    "a continuation of nothing": (frame(CONTINUATION, b"4a"), 1002),
    "a text amid a text": (frame(TEXT, b"4a", fin=False) + frame(TEXT, b"b"), 1002),
    "a binary amid a text": (frame(TEXT, b"4a", fin=False) + frame(BINARY, b"b"), 1002),
    "bytes that are no UTF-8": (frame(TEXT, b"4\xff\xfe"), 1007),
    "an overlong form": (frame(TEXT, b"4\xc0\xaf"), 1007),
    "half a surrogate pair": (frame(TEXT, b"4\xed\xa0\x80"), 1007),
    "a character cut by the end": (frame(TEXT, b"4\xd1"), 1007),
    "no UTF-8 over two frames": (frame(TEXT, b"4\xd1", fin=False) + frame(CONTINUATION, b"a"), 1007),
    "more than is taken": (frame(TEXT, b"4" + b"x" * 100_001), 1009),
    "more than is taken, in pieces": (
        frame(TEXT, b"4" + b"x" * 60_000, fin=False) + frame(CONTINUATION, b"x" * 60_000),
        1009,
    ),
    "a length of 2**62": (b"\x81\xff" + struct.pack("!Q", 2**62) + MASK, 1009),
    "a length with its highest bit set": (b"\x81\xff" + struct.pack("!Q", 2**63 + 1) + MASK, 1009),
    "a close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "close code 0": (close(0), 1002),
    "close code 999": (close(999), 1002),
    "close code 1004, reserved": (close(1004), 1002),
    "close code 1005, never sent": (close(1005), 1002),
    "close code 1006, never sent": (close(1006), 1002),
    "close code 1015, never sent": (close(1015), 1002),
    "close code 2999, unassigned": (close(2999), 1002),
    "close code 5000, beyond all": (close(5000), 1002),
    "a close whose reason is no UTF-8": (close(1000, b"\xff"), 1007),
    "close code 1000": (close(1000), 1000),
    "close code 65535, beyond all": (close(65535), 1002),
    "close code 3000 of a library": (close(3000), 1000),
    "close code 1001": (close(1001), 1000),
    "close code 4999 of an application": (close(4999, "пока".encode()), 1000),
    "a close without a code": (close(None), 1000),
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_what_breaks_the_protocol_is_closed_with_the_code_for_it(echo, case):
    frames, code = ANSWERS[case]
    async with shaken(echo) as (reader, writer):
        writer.write(frames)
        assert await ending(reader) == code
    await echo.forgotten()


async def test_fragments_with_a_ping_between_are_one_message(echo):
    async with shaken(echo) as (reader, writer):
        writer.write(frame(TEXT, "4п".encode()[:2], fin=False))
        writer.write(frame(PING, b"between"))
        writer.write(frame(CONTINUATION, "4п".encode()[2:], fin=False) + frame(CONTINUATION, b"", fin=True))
        assert await received(reader) == (PONG, b"between")
        assert await received(reader) == (TEXT, "4п".encode())


async def test_a_pong_that_nobody_asked_for_is_ignored(echo):
    async with shaken(echo) as (reader, writer):
        writer.write(frame(PONG, b"x" * 125) + frame(TEXT, b"4a"))
        assert await received(reader) == (TEXT, b"4a")


async def test_a_frame_that_comes_byte_by_byte_is_one_frame(echo):
    async with shaken(echo) as (reader, writer):
        for byte in frame(TEXT, b"4" + b"x" * 200):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await received(reader) == (TEXT, b"4" + b"x" * 200)


async def test_after_a_close_nothing_is_read(echo):
    async with shaken(echo) as (reader, writer):
        writer.write(close(1000) + frame(TEXT, b"4a"))
        assert await received(reader) == (CLOSE, struct.pack("!H", 1000))
        assert await reader.read() == b""
