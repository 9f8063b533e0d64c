"""The file that carries a whole database: JSON lines in gzip pieces, each complete in itself, totals at the end.

Any tool that reads gzip reads it. The first line names the format, the last one says how many things of each kind there
are and the SHA-256 of all lines between. A file that was cut off is read up to its last whole piece.
"""

import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from storage.base import Entry, Record, Stored

FORMAT = 1
ENTRIES = "entries"
FILES = "files"
END = b'{"end":'
FILE = b'{"file":'
_CHUNK = 1_048_576
_GZIP = 31


class Damaged(ValueError):
    """The file has something in it that nobody wrote."""


class Part(NamedTuple):
    """A part of a file: of which, the how manieth from 0, and its bytes in base64."""

    name: str
    number: int
    data: str


class Item(NamedTuple):
    """One line: what it is of (a collection, the entries of all streams, the files), its id there, and its bytes."""

    source: str
    id: int | str | tuple[str, int]
    line: bytes


class Totals:
    """How many things there are, and what they are."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._counts: Counter[str] = Counter()

    def add(self, items: Iterable[Item]) -> None:
        """Count these too; the order matters."""
        for item in items:
            self._hash.update(item.line + b"\n")
            self._counts[item.source] += 1

    @property
    def count(self) -> int:
        """How many things there are in all."""
        return self._counts.total()

    @property
    def stated(self) -> dict[str, Any]:
        """What stands in the last line."""
        return {"counts": dict(self._counts), "sha256": self._hash.hexdigest()}


def line_of_record(source: str, record: Record) -> Item:
    """Return the line of a record; the same record gives the same bytes, whatever engine it comes from."""
    return Item(source, record["id"], orjson.dumps({"of": source, "record": record}, option=orjson.OPT_SORT_KEYS))


def line_of_entry(copy: Stored) -> Item:
    """Return the line of an entry."""
    line = {"of": ENTRIES, "entry": copy.entry._asdict(), "nonces": copy.nonces}
    return Item(ENTRIES, copy.entry.id, orjson.dumps(line, option=orjson.OPT_SORT_KEYS))


def line_of_part(part: Part) -> Item:
    """Return the line of a part of a file."""
    line = orjson.dumps({"file": part.name, "number": part.number, "bytes": part.data})
    return Item(FILES, (part.name, part.number), line)


def parse(line: bytes) -> tuple[str, Record | Stored | Part]:
    """Return what a line is of, and what it holds. Raises ValueError."""
    match orjson.loads(line):
        case {"of": "entries", "entry": dict(entry), "nonces": list(nonces)}:
            return ENTRIES, Stored(Entry(**entry | {"marks": tuple(entry["marks"])}), tuple(nonces))
        case {"of": str(source), "record": {"id": int() | str()} as record}:
            return source, record
        case {"file": str(name), "number": int(number), "bytes": str(data)}:
            return FILES, Part(name, number, data)
    raise ValueError("a line of an unknown form")


def item_of(line: bytes) -> Item:
    """Return the line with its place. Raises ValueError."""
    source, thing = parse(line)
    match thing:
        case Stored():
            return Item(source, thing.entry.id, line)
        case Part():
            return Item(source, (thing.name, thing.number), line)
    return Item(source, thing["id"], line)


def piece(lines: Iterable[bytes]) -> bytes:
    """Return a piece of the file."""
    return gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)


def header(epoch: str) -> bytes:
    """Return the first line."""
    return orjson.dumps({"chatsrv": FORMAT, "epoch": epoch})


def footer(totals: Totals) -> bytes:
    """Return the last line."""
    return orjson.dumps({"end": totals.stated})


def epoch_of(first: bytes) -> str:
    """Return the epoch of the database that the file comes from. Raises ValueError for any other file."""
    match orjson.loads(first):
        case {"chatsrv": int(version), "epoch": str(epoch)}:
            if version != FORMAT:
                raise ValueError(f"the file's format is {version}, this program knows {FORMAT}")
            return epoch
    raise ValueError("not a file of chatsrv export")


def pieces(path: Path) -> Iterator[tuple[list[bytes], int]]:
    """Yield the lines of each whole piece and where it ends; stops at one that is cut off. Raises Damaged."""
    end = 0
    with path.open("rb") as file:
        while True:
            file.seek(end)
            lines, length = _whole_piece(iter(lambda: file.read(_CHUNK), b""))
            if not length:
                return
            end += length
            yield lines, end


def _whole_piece(chunks: Iterator[bytes]) -> tuple[list[bytes], int]:
    unpacking, text, length = zlib.decompressobj(_GZIP), bytearray(), 0
    for chunk in chunks:
        try:
            text += unpacking.decompress(chunk)
        except zlib.error as error:
            raise Damaged(f"the file is damaged: {error}") from None
        length += len(chunk)
        if unpacking.eof:
            return bytes(text).splitlines(), length - len(unpacking.unused_data)
    return [], 0


def recognize(path: Path) -> None:
    """Look at the first line only. Raises ValueError for what is no file of ours, FileNotFoundError."""
    try:
        lines, _ = next(pieces(path))
        epoch_of(lines[0])
    except (Damaged, StopIteration, IndexError, orjson.JSONDecodeError):
        raise ValueError(f"{path} is no file of chatsrv backup or export") from None


def checked(path: Path) -> dict[str, Any]:
    """Read the whole file and return its totals. Raises ValueError when it is cut off, damaged or none of ours."""
    totals, last = Totals(), b""
    for number, (lines, _) in enumerate(pieces(path)):
        if number == 0:
            epoch_of(lines[0])
            continue
        if last:
            break
        if lines and lines[-1].startswith(END):
            last = lines.pop()
        totals.add(map(item_of, lines))
    if orjson.loads(last or b"{}") != {"end": totals.stated}:
        raise ValueError(f"{path} is not whole: export again")
    return totals.stated


def open_private(path: Path, end: int) -> Any:
    """Open a file for its owner alone, to go on writing at ``end``."""
    file = open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")  # noqa: SIM115
    file.truncate(end)
    file.seek(end)
    return file
