"""Summaries: the achievements of a person as JSON and as a table, beside their proofs."""

import csv
import io
import json
from typing import Any

from chatsrv.services.achievements import Achievement
from storage.base import Record

_COLUMNS = ("id", "title", "description", "kind", "points", "moderator", "created", "decided", "proof")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Summary:
    """Takes achievements one after the other."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def note(self, one: Achievement) -> str:
        """Note an achievement and return where its proof is to stand, "" for none."""
        path = _path(one.id, one.proof) if one.proof else ""
        self._rows.append({name: getattr(one, name) for name in _COLUMNS} | {"proof": path})
        return path

    def json(self) -> str:
        """Return all of them as JSON."""
        return json.dumps(self._rows, ensure_ascii=False, indent=1)

    def table(self) -> str:
        """Return all of them as CSV."""
        text = io.StringIO()
        writer = csv.DictWriter(text, _COLUMNS)
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in self._rows)
        return text.getvalue()


def _path(id: int, proof: Record) -> str:
    """Return a name that holds nothing of what a person wrote."""
    return f"proofs/{id}.{_ENDINGS[proof['type']]}"


def _cell(value: Any) -> Any:
    """Keep spreadsheets from reading a text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
