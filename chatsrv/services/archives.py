"""Archives: a zip that is written while it is sent, however large its files are."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from chatsrv.services.achievements import Achievement
from storage.base import Record

_COLUMNS = ("id", "title", "description", "kind", "points", "moderator", "created", "decided", "proof")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Outbox(io.RawIOBase):
    """Where the zip is written to: forward only, taken away as it comes."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._bytes += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


class Archive:
    """Takes achievements one after the other; the summary comes last, when all are known."""

    def __init__(self) -> None:
        self._outbox = _Outbox()
        self._zip = zipfile.ZipFile(self._outbox, "w", zipfile.ZIP_STORED)
        self._rows: list[dict[str, Any]] = []

    def note(self, one: Achievement) -> None:
        """Name an achievement in the summary."""
        row: dict[str, Any] = {name: getattr(one, name) for name in _COLUMNS}
        self._rows.append(row | {"proof": _path(one.id, one.proof) if one.proof else ""})

    async def keep(self, id: int, proof: Record, parts: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Keep the bytes of the proof of an achievement; give the bytes of the zip as they come to be."""
        async with aclosing(parts):
            with self._zip.open(_path(id, proof), "w", force_zip64=True) as file:
                async for part in parts:
                    file.write(part)
                    yield self._outbox.take()
        yield self._outbox.take()

    def end(self) -> bytes:
        """Write the summary and return the last bytes."""
        self._zip.writestr("achievements.json", json.dumps(self._rows, ensure_ascii=False, indent=1))
        self._zip.writestr("achievements.csv", _table(self._rows))
        self._zip.close()
        return self._outbox.take()


def _path(id: int, proof: Record) -> str:
    """Return a name that holds nothing of what a person wrote."""
    return f"proofs/{id}.{_ENDINGS[proof['type']]}"


def _table(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """Keep spreadsheets from reading a text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
