"""Takeout: a person takes everything along that the server has of them, as one zip that anybody can read."""

import html
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson

from chatsrv.clock import Clock
from chatsrv.errors import Problem
from chatsrv.services.attachments import Attachments, show
from chatsrv.services.holdings import Holding, Holdings
from chatsrv.services.people import Person
from chatsrv.zipping import Zipping
from storage.base import Record

_TIMES = frozenset({"created", "added", "due", "expires", "last_seen", "decided"})
_UNSAFE = re.compile(r"[^\w. -]+|\.{2,}")
_NAME_SIGNS = 80
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{name}</title>
<style>:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ text-align: left; padding: .25rem 1rem .25rem 0; vertical-align: top }}</style></head><body>
<h1>{name}</h1><p>Everything that the server had of this account on {now}. Each list is a JSON file: any browser or text
editor shows it. Times are in UTC.</p>
<table><tr><th>List</th><th>How many</th></tr>
{lists}
</table>
<h2>Files</h2><table>
{files}
</table></body></html>
"""


class Takeout:
    """Writes while it reads: it takes the same memory for a large account as for a small one, but for file names."""

    def __init__(self, holdings: Holdings, attachments: Attachments, clock: Clock) -> None:
        self._holdings = holdings
        self._attachments = attachments
        self._clock = clock

    async def zip(self, person: Person) -> AsyncGenerator[bytes, None]:
        """Give the zip: ``index.html``, a JSON file for each list, and ``files/``."""
        now = self._clock()
        zipping, lists, files = Zipping(now), [], []
        for holding in self._holdings.all:
            counted = _Counted()
            lines = counted.lines(holding, person)
            async with aclosing(zipping.file(f"{holding.name}.json", lines, packed=True)) as pieces:
                async for piece in pieces:
                    yield piece
            lists.append(_row(f"{holding.name}.json", holding.title, str(counted.count)))
        async for record in self._holdings.attachments(person):
            if record["content"]:
                path = _path(record)
                async with aclosing(zipping.file(path, self._bytes(record))) as pieces:
                    async for piece in pieces:
                        yield piece
                files.append(_row(path, record["name"], f"{record['size']} bytes"))
        page = _PAGE.format(
            name=html.escape(person.name or person.nickname),
            now=datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d, %H:%M"),
            lists="\n".join(lists),
            files="\n".join(files),
        )
        zipping.put("index.html", page)
        yield zipping.end()

    async def _bytes(self, record: Record) -> AsyncGenerator[bytes, None]:
        """Give the bytes of a file; of one that is removed meanwhile as much as there is."""
        with suppress(Problem):
            async with aclosing(self._attachments.read(show(record), 0, record["size"])) as parts:
                async for part in parts:
                    yield part


class _Counted:
    """Makes a JSON list of things and counts them."""

    def __init__(self) -> None:
        self.count = 0

    async def lines(self, holding: Holding, person: Person) -> AsyncGenerator[bytes, None]:
        yield b"["
        async for item in holding.items(person):
            yield (b",\n" if self.count else b"\n") + orjson.dumps(_readable(item), option=orjson.OPT_INDENT_2)
            self.count += 1
        yield b"\n]\n"


def _readable(item: Record) -> dict[str, Any]:
    return {name: _iso(value) if name in _TIMES and isinstance(value, int) else value for name, value in item.items()}


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _path(record: Record) -> str:
    """Return a path in the zip that leads nowhere else, whatever the file was called."""
    name = _UNSAFE.sub("_", record["name"])[-_NAME_SIGNS:].strip(". ")
    return f"files/{record['id']}/{name or 'file'}"


def _row(path: str, title: str, count: str) -> str:
    return f'<tr><td><a href="{quote(path)}">{html.escape(title)}</a></td><td>{count}</td></tr>'
