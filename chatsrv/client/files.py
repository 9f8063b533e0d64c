"""Files: uploaded and downloaded in pieces, never whole in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import aiohttp

from chatsrv.client.errors import ClientError, Unreachable
from chatsrv.client.rest import BROKEN, Request, Rest
from chatsrv.client.things import Upload

_BLOCK = 65_536

Source = Path | bytes | AsyncIterator[bytes]
"""What is uploaded: a file, its bytes, or its pieces as they come."""


class Files:
    """One's uploads, and what others attached."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def upload(self, source: Source, name: str | None = None) -> Upload:
        """Upload a file, to be attached within a day; ``name`` is what it is called, by default that of the path.

        It is not tried again once the server may have had it.
        """
        called = name or (source.name if isinstance(source, Path) else "file")
        content = _content(source)

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData()
            made.add_field("file", content(), filename=called, content_type="application/octet-stream")
            return made

        return Upload.of((await self._rest.ask(Request("POST", "/attachments", form=form))).body)

    async def link(self, url: str, name: str = "") -> Upload:
        """Keep a link, to be attached like a file."""
        return Upload.of(await self._rest.call("POST", "/attachments/links", {"url": url, "name": name}))

    async def all(self) -> AsyncIterator[Upload]:
        """Give all of one's own uploads, latest first."""
        async for shown in self._rest.all("/attachments/page/1"):
            yield Upload.of(shown)

    async def get(self, id: str) -> Upload:
        """Return what there is to know of an attachment that one may see."""
        return Upload.of(await self._rest.call("GET", f"/attachments/{id}/details"))

    async def remove(self, id: str) -> None:
        """Remove an upload of one's own that is attached to nothing."""
        await self._rest.call("DELETE", f"/attachments/{id}")

    async def download(self, id: str, *, start: int = 0) -> AsyncIterator[bytes]:
        """Give the bytes of a file from ``start`` on, piece by piece; what breaks off goes on where it was.

        Raises ClientError for a link, which has no bytes here, and Unreachable when nothing more comes.
        """
        had, broke_at = start, -1
        while True:
            headers = (("Range", f"bytes={had}-"),) if had else ()
            response = await self._rest.open_stream(Request("GET", f"/attachments/{id}", headers=headers))
            try:
                async with response:
                    if response.status not in (200, 206):
                        raise ClientError(f"attachment {id} is a link: its url says where it leads")
                    async for block in response.content.iter_chunked(_BLOCK):
                        had += len(block)
                        yield block
                    return
            except BROKEN as broken:
                if had == broke_at:
                    raise Unreachable(f"attachment {id} breaks off after {had} bytes: {broken!r}") from broken
                broke_at = had


def _content(source: Source) -> Callable[[], BytesIO | AsyncIterator[bytes]]:
    """Return what gives the content, each time from its beginning."""
    if isinstance(source, Path):
        return lambda: _pieces(source)
    if isinstance(source, bytes):
        return lambda: BytesIO(source)
    given = iter([source])

    def once() -> AsyncIterator[bytes]:
        for pieces in given:
            return pieces
        raise ClientError("the pieces are gone, so they can not be sent again")

    return once


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
