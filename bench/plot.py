"""Horizontal bars as SVG, by hand: it needs no library, and follows the reader's light or dark."""

from collections.abc import Iterator
from html import escape
from statistics import median

from bench.measurement import Chart

_WIDTH, _LABEL, _BAR, _LINE, _TITLE, _GAP = 760, 230, 360, 22, 30, 18
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .value { font-size: 12px; fill: #59636e }
  .other { fill: #8c959f }
  .ours { fill: #0969da }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .value { fill: #9198a1 }
    .other { fill: #656c76 }
    .ours { fill: #4493f8 }
    .spread { stroke: #f0f6fc }
  }
"""


def draw(charts: list[Chart]) -> str:
    """Return the picture: a group of bars for each chart, each group to a scale of its own."""
    parts: list[str] = []
    top = _GAP
    for chart in charts:
        parts += _group(chart, top)
        top += _TITLE + _LINE * len(chart.values) + _GAP
    size = f'width="{_WIDTH}" height="{top}" viewBox="0 0 {_WIDTH} {top}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return "\n".join([head, "<title>What was measured</title>", f"<style>{_STYLE}</style>", *parts, "</svg>", ""])


def _group(chart: Chart, top: int) -> Iterator[str]:
    longest = max(max(values) for values in chart.values.values())
    yield f'<text class="title" x="8" y="{top + 14}">{escape(chart.title)}</text>'
    for place, (name, values) in enumerate(chart.values.items()):
        yield from _bar(name, [value / longest for value in values], top + _TITLE + _LINE * place)
        told = format(median(values), chart.form)
        yield f'<text class="value" x="{_LABEL + _BAR + 10}" y="{top + _TITLE + _LINE * place + 13}">{told}</text>'


def _bar(name: str, parts: list[float], top: int) -> Iterator[str]:
    kind = "ours" if name.startswith("chatsrv") else "other"
    least, most = (_LABEL + _BAR * part for part in (min(parts), max(parts)))
    yield f'<text x="{_LABEL - 8}" y="{top + 13}" text-anchor="end">{escape(name)}</text>'
    yield f'<rect class="{kind}" x="{_LABEL}" y="{top + 2}" width="{_BAR * median(parts):.1f}" height="14" rx="2"/>'
    yield f'<path class="spread" d="M{least:.1f} {top + 9}H{most:.1f}"/>'
