"""Files in a folder of this machine: written beside, made durable, then renamed, so that a name has all or nothing."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

from storage.base import Missing, Unavailable
from storage.files import BLOCK, Files, Written, blocks, checked

Result = TypeVar("Result")

_THREADS = 4
_INCOMING = "incoming"


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
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._incoming.mkdir(mode=0o700)

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
        with _translated():
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


@contextmanager
def _translated() -> Iterator[None]:
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
