"""Zipping: a zip that is written forward only, while it is sent, however large its files are."""

import io
import time
import zipfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

_PIECE = 65_536


class _Outbox(io.RawIOBase):
    """Where the zip is written to: taken away as it comes."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.bytes += data
        return len(data)


class Zipping:
    """Takes one file after the other; what is to be sent comes in pieces, none of them empty."""

    def __init__(self, now: int) -> None:
        """``now`` is when its files were made, in Unix milliseconds; a zip says so to two seconds."""
        self._made = time.gmtime(now // 1000)[:6]
        self._outbox = _Outbox()
        self._zip = zipfile.ZipFile(self._outbox, "w", zipfile.ZIP_STORED)

    async def file(
        self, path: str, parts: AsyncGenerator[bytes, None], *, packed: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """Put a file in; ``packed`` is for text, not for what is packed already."""
        with self._zip.open(self._info(path, packed), "w", force_zip64=True) as file:
            async with aclosing(parts):
                async for part in parts:
                    file.write(part)
                    if len(self._outbox.bytes) >= _PIECE:
                        yield self._take()

    def put(self, path: str, text: str) -> None:
        """Put a short text in."""
        self._zip.writestr(self._info(path, packed=True), text)

    def end(self) -> bytes:
        """Return the last bytes."""
        self._zip.close()
        return self._take()

    def _info(self, path: str, packed: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._made)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        return info

    def _take(self) -> bytes:
        taken = bytes(self._outbox.bytes)
        self._outbox.bytes.clear()
        return taken
