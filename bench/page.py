"""bench/RESULTS.md, the plot, and what the documents say of them: made of what is kept, nothing is measured here."""

import re
from collections.abc import Iterable
from pathlib import Path

from bench import capacity, results
from bench.measurement import Chart, Measurement, Promise, Samples, table
from bench.plot import draw
from bench.results import Result
from bench.servers import RIVALS

_FOOT = [
    "Each number is the median of its rounds, with the least and the most in brackets. *Generator* is the part of the",
    "time in which the load generator ran or waited for its core: below 100 % it was not the limit. Every member",
    "counts what it gets; a round in which one event is missing is void. chatsrv's events are real messages (token,",
    "rights, validation, commit), the peers' a trigger that does nothing else. All members of chatsrv's room are one",
    "person's connections.",
]


def write(root: Path, measurements: Iterable[Measurement]) -> str:
    """Write everything; return the page. A measurement that was never taken is left out."""
    kept = results.read(root)
    taken = [(one, kept[one.name]) for one in measurements if one.name in kept]
    samples = {one.name: Samples(result.numbers) for one, result in taken}
    sections = [line for one, _ in taken for line in one.table(samples[one.name])]
    charts: list[Chart] = [chart for one, _ in taken for chart in one.charts(samples[one.name])]
    promises = [promise for one, _ in taken for promise in one.promises(samples[one.name])]
    summary = [*_setups([result for _, result in taken]), "", *_summary(promises)]
    plot = ["![The same as bars](results.svg)", ""]
    text = "\n".join([*_head(), *summary, "", *_FOOT, "", *plot, *sections, *_when(taken)]) + "\n"
    (root / "bench" / "RESULTS.md").write_text(text)
    (root / "bench" / "results.svg").write_text(draw(charts))
    _insert(root / "docs" / "performance.md", "measured", summary)
    rivals = [promise for promise in promises if promise.beside in RIVALS]
    _insert(root / "README.md", "measured", _summary(rivals) if rivals else [])
    _insert(root / "docs" / "operating.md", "measured", capacity.told(samples))
    return text


def _insert(path: Path, name: str, lines: list[str]) -> None:
    """Put lines between the two comments of this name; no lines leave what is there."""
    if lines:
        block = "\n".join([f"<!-- {name} -->", *lines, f"<!-- /{name} -->"])
        text, found = re.subn(rf"<!-- {name} -->.*<!-- /{name} -->", lambda _: block, path.read_text(), flags=re.DOTALL)
        assert found == 1, path
        path.write_text(text)


def _head() -> list[str]:
    intro = "Server and generator on a core each; the servers take turns in each round. `make bench` writes this page."
    return ["# Measured", "", intro, ""]


def _setups(taken: list[Result]) -> list[str]:
    dates: dict[str, set[str]] = {}
    for result in taken:
        dates.setdefault(result.setup, set()).add(result.date)
    return [f"- {', '.join(sorted(days))}: {setup}" for setup, days in dates.items()]


def _summary(promises: list[Promise]) -> list[str]:
    rows = [[one.what, one.beside, f"{one.ratio:.2f}", one.wanted()] for one in promises]
    return table("chatsrv's | beside | part, or multiple | wanted", rows)


def _when(taken: list[tuple[Measurement, Result]]) -> list[str]:
    rows = [
        [one.name, result.date, result.commit, str(result.rounds), f"{result.seconds:.0f}", f"{result.load:.1f}"]
        for one, result in taken
    ]
    heads = "measurement | date | commit | rounds | seconds it took | load of the machine before"
    return ["## When", "", *table(heads, rows), "", "`make bench ONLY=...` repeats one of them alone."]
