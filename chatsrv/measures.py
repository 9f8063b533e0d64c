"""What is counted while serving: plain numbers, cheap to add to, read only when somebody asks."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

BOUNDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01),
    *(0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""The seconds up to which durations are counted together."""


class Times:
    """How long something took: how often, by these bounds, and altogether in seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds


@dataclass(slots=True)
class Pushes:
    """What the fan-out did: events published here, live and replayed writes to clients, repairs, resets."""

    published: int = 0
    delivered: int = 0
    replayed: int = 0
    repaired: int = 0
    reset: int = 0
    seconds: Times = field(default_factory=Times)
    """From the end of a commit until its event was handed over to every client of this process."""


@dataclass(slots=True)
class Requests:
    """What was answered over HTTP: how often by (method, path of the route, status), and how fast."""

    answered: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    seconds: Times = field(default_factory=Times)
    """Of answers in one piece; a file is read as fast as its reader likes."""
