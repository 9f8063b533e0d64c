"""The files of the web client, read once; a request's path is looked up among their names and never opened."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

_WORTH_PACKING = 0.9
_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "png": "image/png",
}


class Asset(NamedTuple):
    """A file as it is served; ``packed`` is the same in gzip, None where that is hardly shorter."""

    content: bytes
    kind: str
    etag: str
    packed: bytes | None


def asset(content: bytes, kind: str) -> Asset:
    """Return the file with all that is served of it."""
    packed = gzip.compress(content, mtime=0)
    is_shorter = len(packed) < _WORTH_PACKING * len(content)
    return Asset(content, kind, hashlib.sha256(content).hexdigest()[:16], packed if is_shorter else None)


def load_assets() -> Mapping[str, Asset]:
    """Return every file of the web client by its path below ``chatsrv/web``."""
    return dict(_walk(resources.files("chatsrv") / "web", ""))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Asset]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _walk(child, f"{path}{child.name}/")
        else:
            kind = _TYPES.get(child.name.rpartition(".")[2], "application/octet-stream")
            yield path + child.name, asset(child.read_bytes(), kind)
