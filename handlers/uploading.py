"""A file of a multipart body, as it comes: never whole in memory, and only if it is whole in the body."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from chatsrv.errors import Code, Problem

_OVERHEAD = 65_536
_BLOCK = 65_536
_MOST_FIELDS = 20
_REFUSALS = (
    ValueError,
    AssertionError,
    RuntimeError,
    LookupError,
    EOFError,
    Warning,
    TimeoutError,
    ConnectionError,
    HttpProcessingError,
    web.PayloadAccessError,
    web.RequestPayloadError,
    web.HTTPException,
)
"""What aiohttp raises at a body that is not what it says, or that does not come."""


class Coming(NamedTuple):
    """A file on its way: the name that the sender gives it, and its bytes."""

    name: str
    parts: AsyncIterator[bytes]


async def read_file(request: web.Request, *, most: int, patience: float) -> Coming:
    """Return the body's first file. Raises Problem UNSUPPORTED_TYPE, NO_FILE, FILE_TOO_LARGE.

    Its parts raise Problem NO_FILE when the body breaks off, or is silent for more than ``patience`` seconds.
    """
    if request.content_type != "multipart/form-data":
        raise Problem(Code.UNSUPPORTED_TYPE)
    if (request.content_length or 0) > most + _OVERHEAD:
        raise Problem(Code.FILE_TOO_LARGE, data=most)
    try:
        reader = await request.multipart()
    except _REFUSALS:
        raise Problem(Code.NO_FILE) from None
    for _ in range(_MOST_FIELDS):
        part = await _next(reader, patience)
        if isinstance(part, BodyPartReader) and part.filename is not None:
            return Coming(part.filename, _parts(reader, part, patience))
    raise Problem(Code.NO_FILE)


async def _next(reader: MultipartReader, patience: float) -> MultipartReader | BodyPartReader:
    """Return the next part, past what is left of the one before."""
    try:
        async with asyncio.timeout(patience):
            part = await reader.next()
    except _REFUSALS:
        raise Problem(Code.NO_FILE) from None
    if part is None:
        raise Problem(Code.NO_FILE)
    return part


async def _parts(reader: MultipartReader, part: BodyPartReader, patience: float) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(patience):
                block = await part.read_chunk(_BLOCK)
            if not block:
                break
            yield block
        # A body that was cut off right here looks whole, were it not for the boundary after the file.
        async with asyncio.timeout(patience):
            await reader.next()
    except _REFUSALS:
        raise Problem(Code.NO_FILE) from None
