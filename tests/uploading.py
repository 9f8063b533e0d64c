"""Files to upload, made here, and how to upload them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from aiohttp import FormData
from PIL import Image

from tests.clients import Person, Reply

MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(range(256)) * 40
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d") + bytes(200)
PDF = b"%PDF-1.7\n" + bytes(100)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
# Around a file in a form whose boundary is x.
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
HTML = b"<!doctype html><script>alert(1)</script>"


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "red") -> bytes:
    """Return a picture."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """Return a PNG of a few kilobytes that has this many black pixels a side."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


async def upload(person: Person, content: bytes, name: str = "a.bin", *, path: str = "/attachments") -> Reply:
    """Upload as a browser does, calling the content by no type."""
    form = FormData()
    form.add_field("note", "what comes before the file")
    form.add_field("file", content, filename=name, content_type="text/html")
    return await person.ask("POST", path, data=form)


async def uploaded(person: Person, content: bytes, name: str = "a.bin") -> Any:
    """Upload, expect success, return the attachment."""
    reply = await upload(person, content, name)
    assert reply.status == 200, reply.body
    return reply.body
