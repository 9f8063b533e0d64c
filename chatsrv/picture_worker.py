"""``python -I picture_worker.py FILE MOST_PIXELS SIDE``: look at one picture in a process of its own, then end.

Prints a line of JSON, ``{"type", "width", "height"}``, and after it the bytes of a thumbnail in WebP; or
``{"refused": why}``. Whatever a picture does to a decoder, it does here: with little memory, little time, no network
and nobody's data. Imports nothing of ours.
"""

import json
import resource
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_SECONDS = 10
_QUALITY = 80
_ORIENTATION = 0x0112
_LYING = 5  # from here on the picture is shown turned by a quarter


class _Refused(Exception):
    """Why the picture is not taken."""


def main(path: str, most_pixels: int, side: int) -> None:
    """Print what there is to know about the picture."""
    # A pixel takes at most 4 bytes, and there may be three copies of it at a time; the rest is Python and Pillow.
    memory = 16 * most_pixels + 512 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    try:
        said, thumbnail = _look(path, most_pixels, side)
    except _Refused as refused:
        said, thumbnail = {"refused": str(refused)}, b""
    except Image.DecompressionBombError:
        said, thumbnail = {"refused": "pixels"}, b""
    except (OSError, ValueError, SyntaxError, MemoryError, UnidentifiedImageError, EOFError, OverflowError):
        said, thumbnail = {"refused": "broken"}, b""
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + thumbnail)


def _look(path: str, most_pixels: int, side: int) -> tuple[dict[str, object], bytes]:
    Image.MAX_IMAGE_PIXELS = most_pixels
    with Image.open(path, formats=list(_TYPES)) as picture:
        # The header is read, nothing is decoded yet.
        if picture.width * picture.height > most_pixels:
            raise _Refused("pixels")
        kind = _TYPES[picture.format or ""]
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION, 1) >= _LYING:
            width, height = height, width
        picture.draft("RGB", (side, side))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((side, side))
        small = upright if upright.mode in ("RGB", "RGBA") else upright.convert("RGBA")
        out = BytesIO()
        small.save(out, "WEBP", quality=_QUALITY)
    return {"type": kind, "width": width, "height": height}, out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
