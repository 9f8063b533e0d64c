"""What commands print: colours where a person reads it on a terminal, plain text or JSON everywhere else."""

import json
import os
import sys
from typing import Any

_COLOURS = {"ok": "32", "warning": "33", "failure": "31"}
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def coloured(state: str) -> str:
    """Return the state's word, in its colour if standard output is a terminal that has some (no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return state
    return f"\x1b[{_COLOURS[state]}m{state}\x1b[0m"


def say_json(value: Any) -> None:
    """Print the value as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


def in_units(size: float) -> str:
    """Return how many bytes these are, for people."""
    for unit in _UNITS:
        if size < 1024 or unit == _UNITS[-1]:
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
