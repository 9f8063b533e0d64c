"""What a file is, by its bytes; and pictures, which a process of its own looks at, one process a picture."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any, Final, NamedTuple

import puremagic

from chatsrv import picture_worker
from chatsrv.errors import Code, Problem

HEAD_BYTES: Final = 4096
"""How many bytes from the beginning of a file `type_of` wants."""

PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
VIDEOS: Final = frozenset({"video/mp4", "video/webm"})
_OTHERS = frozenset({"application/pdf"})
UNKNOWN: Final = "application/octet-stream"

_SECONDS = 20
_AT_ONCE = 2
_MOST_ANSWER = 4 * 1024 * 1024


class Look(NamedTuple):
    """A picture: its type, its size in pixels as it is shown, and a small one of it in WebP."""

    type: str
    width: int
    height: int
    thumbnail: bytes


def type_of(head: bytes) -> str:
    """Return the type of a file that begins so, `UNKNOWN` for all that is not a picture, video or document we know."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return found if found in PICTURES | VIDEOS | _OTHERS else UNKNOWN


class Pictures:
    """Looks at pictures, a few at a time; no byte of them is decoded in this process."""

    def __init__(self, *, most_pixels: int, side: int) -> None:
        """``side`` is the longest side of a thumbnail, in pixels."""
        self._arguments = (str(most_pixels), str(side))
        self._most_pixels = most_pixels
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def look(self, path: Path) -> Look:
        """Return what the picture is. Raises Problem TOO_MANY_PIXELS, BAD_PICTURE when it can not be decoded."""
        async with self._turns:
            command = (sys.executable, "-I", picture_worker.__file__, str(path), *self._arguments)
            process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env={})
            try:
                async with asyncio.timeout(_SECONDS):
                    return self._parse(await _answer(process))
            except TimeoutError:
                raise Problem(Code.BAD_PICTURE) from None
            finally:
                await _end(process)

    def _parse(self, answer: bytes) -> Look:
        line, _, thumbnail = answer.partition(b"\n")
        said: dict[str, Any] = json.loads(line) if line else {"refused": "crashed"}
        if said.get("refused") == "pixels":
            raise Problem(Code.TOO_MANY_PIXELS, data=self._most_pixels)
        if "refused" in said:
            raise Problem(Code.BAD_PICTURE)
        return Look(said["type"], said["width"], said["height"], thumbnail)


async def _answer(process: Process) -> bytes:
    """Return all that the process prints; nothing when it died of the picture or prints without end."""
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    answer = bytearray()
    while part := await process.stdout.read(65_536):
        answer += part
        if len(answer) > _MOST_ANSWER:
            return b""
    return bytes(answer) if await process.wait() == 0 else b""


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await asyncio.shield(process.wait())
