"""Files in MongoDB, as GridFS keeps them (its specification, "Terms"), written by the calls that both drivers have.

The bucket is called ``files``; any GridFS tool can read it. ``_id`` is the name of the file.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import IndexModel

from storage.base import Missing, Unavailable
from storage.files import BLOCK, Files, Written, blocks, checked
from storage.mongo_driver import Client, Documents, add_indexes, close, connect, database_of, translated

_CHUNK = 261_120
_PATIENCE = 10.0


class MongoFiles(Files):
    """A GridFS bucket, shared by any number of processes."""

    def __init__(self, url: str, *, driver: str = "motor") -> None:
        self._url = url
        self._driver = driver
        self._client: Client | None = None

    async def open(self) -> None:
        if self._client is not None:
            return
        try:
            with translated():
                self._client = connect(self._url, self._driver)
                await add_indexes(self._chunks, [IndexModel([("files_id", 1), ("n", 1)], name="place", unique=True)])
        except Exception:
            await self.close()
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await close(client)

    async def write(self, name: str, parts: AsyncIterator[bytes]) -> Written:
        digest, size, number = hashlib.sha256(), 0, 0
        waiting = bytearray()
        try:
            async for block in blocks(parts):
                await asyncio.to_thread(digest.update, block)
                size += len(block)
                waiting += block
                while len(waiting) >= _CHUNK:
                    await self._put(checked(name), number, bytes(waiting[:_CHUNK]))
                    number += 1
                    del waiting[:_CHUNK]
            if waiting:
                await self._put(checked(name), number, bytes(waiting))
            with translated():
                await self._files.insert_one(_file(name, size))
        except BaseException:
            # A task that is being cancelled can not wait; who named the file deletes what is left, sooner or later.
            await asyncio.shield(self._forget(name))
            raise
        return Written(size, digest.hexdigest())

    async def _put(self, name: str, number: int, data: bytes) -> None:
        with translated():
            await self._chunks.insert_one({"_id": ObjectId(), "files_id": name, "n": number, "data": data})

    async def _forget(self, name: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.delete(name)
        except (Unavailable, TimeoutError):
            return

    async def read(self, name: str, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        with translated():
            file = await self._files.find_one({"_id": {"$eq": checked(name)}})
        if file is None:
            raise Missing("files", name)
        size, chunk = file["length"], file["chunkSize"]
        end = size if end is None else min(end, size)
        while start < end:
            number, skipped = divmod(start, chunk)
            data = (await self._chunk(name, number))[skipped : skipped + end - start]
            start += len(data)
            for place in range(0, len(data), BLOCK):
                yield data[place : place + BLOCK]

    async def _chunk(self, name: str, number: int) -> bytes:
        with translated():
            found = await self._chunks.find_one({"files_id": {"$eq": name}, "n": number})
        if found is None:
            raise Missing("files", name)
        return bytes(found["data"])

    async def delete(self, name: str) -> None:
        with translated():
            await self._files.delete_one({"_id": {"$eq": checked(name)}})
            await self._chunks.delete_many({"files_id": {"$eq": name}})

    @property
    def _files(self) -> Documents:
        return database_of(self._opened)["files.files"]

    @property
    def _chunks(self) -> Documents:
        return database_of(self._opened)["files.chunks"]

    @property
    def _opened(self) -> Client:
        if self._client is None:
            raise Unavailable("the files are not open")
        return self._client


def _file(name: str, size: int) -> dict[str, Any]:
    now = datetime.now(UTC)  # GridFS wants to know; nothing here asks for it
    return {"_id": name, "length": size, "chunkSize": _CHUNK, "uploadDate": now, "filename": name}
