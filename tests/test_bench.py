"""The pages of the bench: made of the numbers that are kept, again and again the same."""

import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from bench import page, results
from bench.measurement import Chart, Measurement, Promise, Samples, table

NODE = "Node socket.io"
PAGES = ("bench/RESULTS.md", "bench/results.svg", "README.md", "docs/performance.md", "docs/operating.md")
UNTOUCHED = "before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n"


async def _measure(rounds: int) -> Samples:
    found = Samples()
    for number in range(rounds):
        found.add("chatsrv", cost=number + 1)
        found.add(NODE, cost=2)
    return found


MEASUREMENT = Measurement(
    "costs",
    _measure,
    lambda found: table("server | cost", [[name, found.told(name, "cost", ".1f")] for name in found]),
    lambda found: [Chart("What it <costs>", found.ours_first("cost"))],
    lambda found: [
        Promise("cost", NODE, found.ratio("chatsrv", NODE, "cost"), most=0.5),
        Promise("cost", "nothing", found.ratio("chatsrv", NODE, "cost"), least=0.5),
    ],
)


@pytest.fixture
async def root(tmp_path: Path) -> Path:
    for name in PAGES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(UNTOUCHED)
    samples = await MEASUREMENT.measure(3)
    result = results.Result(samples.numbers, 3, 1.0, 0.25, "2026-11-28", "abcdef0", "a machine")
    results.keep(tmp_path, MEASUREMENT.name, result)
    return tmp_path


def _read(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text() for name in PAGES}


async def test_the_page_tells_medians_with_their_spread_and_what_was_not_reached(root: Path):
    page.write(root, [MEASUREMENT])
    told = _read(root)
    for expected in ("| chatsrv | 2.0 (1.0–3.0) |", f"| {NODE} | 2.0 |", "2026-11-28: a machine", "| 3 | 1 | 0.2 |"):
        assert expected in told["bench/RESULTS.md"]
    assert f"| cost | {NODE} | 1.00 | at most 0.5: **not reached** |" in told["README.md"]
    assert "nothing" not in told["README.md"]
    assert "| cost | nothing | 1.00 | at least 0.5: reached |" in told["docs/performance.md"]
    assert told["README.md"].startswith("before\n")
    assert told["README.md"].endswith("after\n")


async def test_a_page_that_lacks_a_measurement_says_nothing_of_it(root: Path):
    missing = Measurement("missing", _measure, lambda found: ["never"])
    assert "never" not in page.write(root, [MEASUREMENT, missing])
    assert _read(root)["docs/operating.md"] == UNTOUCHED


async def test_the_plot_is_a_picture_of_the_numbers(root: Path):
    page.write(root, [MEASUREMENT])
    drawn = xml.fromstring((root / "bench/results.svg").read_text())  # noqa: S314
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    bars = {bar.get("class"): float(bar.get("width", "")) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")}
    assert texts == ["What it <costs>", "chatsrv", "2", NODE, "2"]
    assert bars["ours"] == bars["other"]


async def test_the_pages_are_made_anew_of_what_is_kept(root: Path):
    page.write(root, [MEASUREMENT])
    first = _read(root)
    page.write(root, [MEASUREMENT])
    assert _read(root) == first


async def test_a_measurement_is_repeated_without_the_others(root: Path):
    kept = results.read(root)[MEASUREMENT.name]
    results.keep(root, "another", kept)
    again = results.Result({}, 1, 2.0, 0.0, "2026-11-29", "", "")
    results.keep(root, "another", again)
    assert results.read(root) == {MEASUREMENT.name: kept, "another": again}
