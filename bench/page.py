"""bench/RESULTS.md and bench/results.svg, made of what is kept: nothing is measured here."""

from collections.abc import Iterable

from bench import results
from bench.measurement import Chart, Measurement, Samples, table
from bench.plot import draw
from bench.results import FOLDER, Result

_FOOT = [
    "Each number is the median of its rounds, with the least and the most in brackets. *Generator* is the part of the",
    "time in which the load generator ran or waited for its core: below 100 % it was not the limit. Every member",
    "counts what it gets; a round in which one event is missing is void. chatsrv's events are real messages (token,",
    "rights, validation, commit), the peers' a trigger that does nothing else. All members of chatsrv's room are one",
    "person's connections.",
]


def write(measurements: Iterable[Measurement]) -> str:
    """Write both; return the page. A measurement that was never taken is left out."""
    kept = results.read()
    taken = [(one, kept[one.name]) for one in measurements if one.name in kept]
    lines = [*_head([result for _, result in taken]), "![The same as bars](results.svg)", ""]
    charts: list[Chart] = []
    for one, result in taken:
        samples = Samples(result.numbers)
        lines += one.table(samples)
        charts += one.charts(samples)
    text = "\n".join([*lines, *_when(taken)]) + "\n"
    (FOLDER / "RESULTS.md").write_text(text)
    (FOLDER / "results.svg").write_text(draw(charts))
    return text


def _head(taken: list[Result]) -> list[str]:
    setups = [f"- {setup}" for setup in dict.fromkeys(result.setup for result in taken)]
    intro = "Server and generator on a core each; the servers take turns in each round. `make bench` writes this page."
    return ["# Measured", "", intro, "", *setups, "", *_FOOT, ""]


def _when(taken: list[tuple[Measurement, Result]]) -> list[str]:
    rows = [
        [one.name, result.date, result.commit, str(result.rounds), f"{result.seconds:.0f}", f"{result.load:.1f}"]
        for one, result in taken
    ]
    heads = "measurement | date | commit | rounds | seconds it took | load of the machine before"
    return ["## When", "", *table(heads, rows), "", "`make bench ONLY=...` repeats one of them alone."]
