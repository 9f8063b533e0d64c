"""Bytes going out: which of them are wanted (RFC 9110, 13 and 14), and no faster than the reader takes them."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

from aiohttp import web

from chatsrv.errors import Code, Problem
from chatsrv.services import Unavailable

_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)
_GONE = (ConnectionError, TimeoutError, Problem, Unavailable)


class Part(NamedTuple):
    """What is wanted of a file: from ``start`` to before ``end``; ``whole`` when no range was asked for."""

    start: int
    end: int
    whole: bool


def is_unchanged(request: web.Request, etag: str) -> bool:
    """Say whether the asker has the bytes of this tag already (If-None-Match)."""
    return any(tag.value in (etag, "*") for tag in request.if_none_match or ())


def part_of(request: web.Request, size: int, etag: str) -> Part:
    """Return the range that is asked for. Raises Problem BAD_RANGE when nothing of the file is in it.

    Several ranges, other units, what is no range and one of another version (If-Range) are ignored, as the RFC allows.
    """
    given = _RANGE.fullmatch(request.headers.get("Range", ""))
    if given is None or request.headers.get("If-Range", f'"{etag}"') != f'"{etag}"':
        return Part(0, size, True)
    first, last = given.groups()
    if (not first and not last) or (first and last and int(last) < int(first)):
        return Part(0, size, True)
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise Problem(Code.BAD_RANGE, data=size)
    return Part(start, end, False)


async def send(
    request: web.Request, response: web.StreamResponse, parts: AsyncGenerator[bytes, None], *, patience: float
) -> web.StreamResponse:
    """Send what is read; who takes nothing for ``patience`` seconds is left. Raises what the first part raises.

    Once the head is out an error can only be told by breaking off: fewer bytes come than were announced.
    """
    async with aclosing(parts):
        # The first block is read before the head is sent: what went away meanwhile still gets an answer of its own.
        block = await anext(parts, b"")
        await response.prepare(request)
        try:
            while block:
                async with asyncio.timeout(patience):
                    await response.write(block)
                block = await anext(parts, b"")
            await response.write_eof()
        except _GONE:
            if request.transport is not None:
                request.transport.abort()
    return response
