"""Files: what a store of bytes promises.

A store knows names and bytes, nothing else: what is in them, whose they are and how often used is told elsewhere.
"""

import asyncio
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

Result = TypeVar("Result")

BLOCK = 131_072
"""About how many bytes are held at once of a file that is written or read."""

_NAME = re.compile(r"[0-9a-z]{8,64}")
_THREADS = 4
_INCOMING = "incoming"


class Written(NamedTuple):
    """What was written: how many bytes, and the SHA-256 of them in hexadecimal."""

    size: int
    digest: str


class Files(ABC):
    """Bytes by name. A name is 8 to 64 digits and small letters, chosen by the caller and never used again."""

    @abstractmethod
    async def open(self) -> None:
        """Make what is missing, remove what a crash left. Raises Unavailable."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of everything; closing twice is harmless."""

    @abstractmethod
    async def write(self, name: str, parts: AsyncIterator[bytes]) -> Written:
        """Keep all the parts under the name, durably. Raises Unavailable, and whatever ``parts`` raises.

        It is readable once it is whole; after an error or a crash nothing of it is.
        """

    @abstractmethod
    def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Give the bytes from ``start`` to before ``end``, a block at a time. Raises Missing before the first one."""

    @abstractmethod
    async def delete(self, name: str) -> None:
        """Remove the bytes, half-written ones too; doing so again is harmless."""

    @asynccontextmanager
    async def local(self, name: str) -> AsyncIterator[Path]:
        """Lend a file on this machine that holds the bytes, to be read only. Raises Missing."""
        with tempfile.NamedTemporaryFile(prefix="chatsrv-") as file:
            async for part in self.read(name):
                await asyncio.to_thread(file.write, part)
            file.flush()
            yield Path(file.name)


async def blocks(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small parts to blocks of at least BLOCK bytes; the last one may be smaller."""
    waiting = bytearray()
    async for part in parts:
        waiting += part
        if len(waiting) >= BLOCK:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def checked(name: str) -> str:
    """Return the name. Raises ValueError for what can not be one: it would be a path."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a file: {name!r}")
    return name
