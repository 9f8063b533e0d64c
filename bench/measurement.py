"""What every measurement is: a name, how it is taken, and how its numbers are told, in a table and as bars."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

ROUNDS = 5

Numbers = dict[str, dict[str, list[float]]]


class Samples:
    """The numbers of all rounds: of whom, of what, one a round. They outlive the run as JSON."""

    def __init__(self, numbers: Numbers | None = None) -> None:
        self.numbers: Numbers = numbers or {}

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __repr__(self) -> str:
        return "\n".join(f"{who}, {what}: {values}" for who in self for what, values in self.numbers[who].items())

    def add(self, who: str, **round: float) -> None:
        """Note what a round found."""
        for what, value in round.items():
            self.numbers.setdefault(who, {}).setdefault(what, []).append(value)

    def of(self, who: str, what: str) -> list[float]:
        """Return the values of all rounds."""
        return self.numbers[who][what]

    def median(self, who: str, what: str) -> float:
        """Return the middle one."""
        return median(self.of(who, what))

    def told(self, who: str, what: str, form: str = ",.2f", scale: float = 1) -> str:
        """Return the median, and the least and the most behind it where they differ from it."""
        values = self.of(who, what)
        middle, least, most = (format(value * scale, form) for value in (median(values), min(values), max(values)))
        return middle if least == most else f"{middle} ({least}–{most})"

    def ours_first(self, what: str, scale: float = 1) -> dict[str, list[float]]:
        """Return the values of everyone who has them, as a chart takes them."""
        names = sorted(self, key=lambda name: name != "chatsrv")
        return {name: [value * scale for value in self.of(name, what)] for name in names if what in self.numbers[name]}

    def ratio(self, who: str, other: str, what: str) -> float:
        """Return the median of the one by that of the other."""
        return self.median(who, what) / self.median(other, what)


@dataclass(frozen=True)
class Chart:
    """Bars of one unit, those of chatsrv first: the medians with their spread."""

    title: str
    values: dict[str, list[float]]
    form: str = ",.0f"


@dataclass(frozen=True)
class Promise:
    """What was to be reached: chatsrv's part or multiple of what stands beside it."""

    what: str
    beside: str
    ratio: float
    least: float | None = None
    most: float | None = None

    @property
    def kept(self) -> bool:
        """Whether it was reached."""
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)

    def wanted(self) -> str:
        """Say what was to be reached, and whether it was."""
        bound = f"at most {self.most:g}" if self.least is None else f"at least {self.least:g}"
        return f"{bound}: {reached(self.kept)}"


def nothing(_: Samples) -> list[Any]:
    """Tell nothing as bars, promise nothing."""
    return []


@dataclass(frozen=True)
class Measurement:
    """One section of the page; ``minutes`` is how long it may take."""

    name: str
    measure: Callable[[int], Awaitable[Samples]]
    table: Callable[[Samples], list[str]]
    charts: Callable[[Samples], list[Chart]] = nothing
    promises: Callable[[Samples], list[Promise]] = nothing
    minutes: float = 5


def table(heads: str, rows: list[list[str]]) -> list[str]:
    """Return the lines of a table; ``heads`` are parted by ``|``."""
    columns = [head.strip() for head in heads.split("|")]
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def wanted(value: float, *, least: float | None = None, most: float | None = None) -> str:
    """Say what was to be reached, and whether it was."""
    return Promise("", "", value, least, most).wanted()


def reached(reached: bool) -> str:
    """Say whether it was."""
    return "reached" if reached else "**not reached**"
