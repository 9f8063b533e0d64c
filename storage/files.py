"""Files: what a store of bytes promises, and the engine that keeps them in a folder.

A store knows names and bytes, nothing else: what is in them, whose they are and how often used is told elsewhere.
"""

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from storage.base import Missing, Unavailable

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


class FolderFiles(Files):
    """Files in a folder of this machine, for one process, two levels deep by the beginning of their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        self._threads: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        self._threads = self._threads or ThreadPoolExecutor(_THREADS, thread_name_prefix="files")
        await self._do(self._prepare)

    def _prepare(self) -> None:
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._incoming.mkdir(mode=0o700, parents=True)

    async def close(self) -> None:
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown()

    async def write(self, name: str, parts: AsyncIterator[bytes]) -> Written:
        coming = self._incoming / checked(name)
        file = await self._do(lambda: coming.open("xb"))
        digest = hashlib.sha256()

        def add(block: bytes) -> None:
            file.write(block)
            digest.update(block)

        try:
            async for block in blocks(parts):
                await self._do(lambda block=block: add(block))  # type: ignore[misc]
            size = file.tell()
            await self._do(lambda: self._keep(file, coming, self._path(name)))
        except BaseException:
            # Also when the task is cancelled: so at once, without awaiting anything.
            with suppress(OSError):
                file.close()
            coming.unlink(missing_ok=True)
            raise
        return Written(size, digest.hexdigest())

    def _keep(self, file: IO[bytes], coming: Path, path: Path) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming.rename(path)
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync(folder)

    async def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        path = self._path(name)
        try:
            file = await self._do(lambda: path.open("rb"))
        except FileNotFoundError:
            raise Missing("files", name) from None
        try:
            file.seek(start)
            left = None if end is None else end - start
            while left is None or left > 0:
                wanted = BLOCK if left is None else min(BLOCK, left)
                block = await self._do(lambda wanted=wanted: file.read(wanted))  # type: ignore[misc]
                if not block:
                    return
                left = None if left is None else left - len(block)
                yield block
        finally:
            file.close()

    async def delete(self, name: str) -> None:
        path = self._path(name)
        await self._do(lambda: path.unlink(missing_ok=True))

    @asynccontextmanager
    async def local(self, name: str) -> AsyncIterator[Path]:
        path = self._path(name)
        if not await self._do(path.exists):
            raise Missing("files", name)
        yield path

    def _path(self, name: str) -> Path:
        return self._folder / checked(name)[:2] / name[2:4] / name

    async def _do(self, work: Callable[[], Result]) -> Result:
        if self._threads is None:
            raise Unavailable("the files are not open")
        with translated():
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


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


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the disk says into Unavailable; that there is no such file is left."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable(f"files: {error}") from error


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
