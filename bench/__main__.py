"""``python -m bench``: measure everything, print the table, and write it to bench/RESULTS.md."""

import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import uvloop

from bench import (
    bursts,
    crossing,
    crowds,
    encodings,
    growth,
    messages,
    pages,
    rooms,
    school,
    search,
    spreading,
    uploads,
)
from bench.processes import GENERATOR_CORE

ROUNDS = 5
RESULTS = Path(__file__).parent / "RESULTS.md"

Row = tuple[str, str, str, str]


async def main() -> None:
    os.sched_setaffinity(0, {GENERATOR_CORE})
    deliveries = await rooms.measure(ROUNDS)
    at_once = bursts.table(*await bursts.measure(ROUNDS), _reached)
    many = crowds.table(*await crowds.measure(ROUNDS), _reached)
    rates = await messages.measure(ROUNDS)
    grown = growth.table(await growth.measure(ROUNDS), _reached)
    searching = await search.measure(ROUNDS)
    crossed = crossing.table(await crossing.measure(ROUNDS), _reached)
    spread = spreading.table(await spreading.measure(ROUNDS), _reached)
    paged = pages.table(await pages.measure(ROUNDS), _reached)
    encoded = encodings.table(await encodings.measure(ROUNDS))
    uploading = await uploads.measure(ROUNDS)
    told = await school.measure(ROUNDS)
    ours = (
        _deliveries(deliveries),
        at_once,
        many,
        _rates(rates),
        grown,
        paged,
        encoded,
        searching,
        crossed,
        spread,
        uploading,
        told,
    )
    parts = (_head(), *ours, _notes(rates, deliveries))
    text = "\n".join(line for part in parts for line in part)
    RESULTS.write_text(text + "\n")
    print(text)


def _head() -> list[str]:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "python-socketio", "uvloop"))
    today = datetime.datetime.now(datetime.UTC).date()
    return [
        "# Measured",
        "",
        f"{today}, Python {platform.python_version()}, {packages}, Node {node}; server and generator on a core each.",
        f"Medians of {ROUNDS} rounds in which the servers take turns. `make bench` writes this page.",
        "",
    ]


def _deliveries(found: dict[str, rooms.Cost]) -> list[str]:
    ours = found["chatsrv"].whole
    targets = {"bare writes of ready bytes": 1.2, "Node socket.io 4.8": 0.65}
    lines = [
        f"## A room of {rooms.MEMBERS}: processor time per delivery",
        "",
        "| server | microseconds | of them in the kernel | chatsrv's part | wanted |",
        "|---|---|---|---|---|",
    ]
    for name, cost in found.items():
        part = ours / cost.whole
        wanted = f"at most {targets[name]}: {_reached(part <= targets[name])}" if name in targets else ""
        lines.append(f"| {name} | {cost.whole * 1e6:.2f} | {cost.kernel * 1e6:.2f} | {part:.2f} | {wanted} |")
    return [*lines, ""]


def _rates(rates: messages.Rates) -> list[str]:
    lines: list[str] = []
    parts = (
        ("POST of a message, 64 in flight, durable", rates.post, 6.0),
        (f"GET of a page of 25 out of {messages.MESSAGES:,}, 64 in flight", rates.get, 5.0),
    )
    for title, found, times in parts:
        ours = found["chatsrv"]
        targets = {"bare aiohttp": 0.6, "FastAPI, SQLAlchemy": times}
        lines += [f"## {title}", "", "| server | a second | chatsrv's multiple | wanted |", "|---|---|---|---|"]
        for name, rate in found.items():
            wanted = f"at least {targets[name]}: {_reached(ours / rate >= targets[name])}" if name in targets else ""
            lines.append(f"| {name} | {rate:,.0f} | {ours / rate:.2f} | {wanted} |")
        lines.append("")
    return lines


def _notes(rates: messages.Rates, deliveries: dict[str, rooms.Cost]) -> list[str]:
    ours, bare, node = (deliveries[name] for name in ("chatsrv", "bare writes of ready bytes", "Node socket.io 4.8"))
    above = (ours.whole - ours.kernel) / (node.whole - node.kernel)
    return [
        f"The bare writes alone cost {bare.whole / node.whole:.2f} of Node's: nearly all of it is the kernel's,",
        f"the same for everyone. Above the kernel chatsrv spends {above:.2f} of what Node does.",
        "",
        "Every member counts what it gets; a round in which one event is missing is void. chatsrv's events are real",
        "messages (token, rights, validation, commit), the peers' a trigger that does nothing else. All members of",
        "chatsrv's room are connections of one person. The HTTP generator was busy at most",
        f"{rates.busy:.0%} of its core, so it was not the limit.",
    ]


def _reached(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


uvloop.run(main())
