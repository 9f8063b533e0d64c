"""What is deployed with: the systemd unit, the dashboard, the page on running a server."""

import configparser
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatsrv.cli import main
from chatsrv.config import Config, load
from tests.clients import Person

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"\b(?:chatsrv|process)_[a-z_]+\b")
OWN = re.compile(r"_(bucket|sum|count)$")


def queries(panels: list[dict[str, object]]) -> Iterator[str]:
    for panel in panels:
        yield from (target["expr"] for target in panel.get("targets", ()))


async def families(person: Person) -> set[str]:
    """Return the names that samples may have, also of families without any at this moment."""
    text = (await person.read("/metrics")).decode()
    return {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")} | {"chatsrv_worker_up"}


async def test_every_number_of_the_dashboard_and_of_the_page_exists(person):
    lyova = await person("lyova")
    there = await families(lyova)
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    drawn = {OWN.sub("", name) for query in queries(board["panels"]) for name in NAME.findall(query)}
    assert drawn <= there
    told = set(NAME.findall((ROOT / "docs" / "operating.md").read_text()))
    assert {OWN.sub("", name) for name in told} <= there
    # What is measured is also shown.
    assert {name for name in there if name.startswith("chatsrv_")} <= drawn


def test_the_unit_knows_the_settings_and_leaves_room_and_time():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "chatsrv.service")
    service = unit["Service"]
    text = (ROOT / "deploy" / "chatsrv.service").read_text()
    settings = dict(re.findall(r"(CHATSRV_[A-Z_]+)=(\S+)", text))
    assert {"CHATSRV_CONFIG", "CHATSRV_SECRET_FILE", "CHATSRV_DATA"} <= settings.keys()
    for own in ("CHATSRV_CONFIG", "CHATSRV_SECRET_FILE"):
        del settings[own]
    config = load(None, settings)
    assert config.mode == "production"
    assert int(service["LimitNOFILE"]) > Config().limits.connections + 200
    assert int(service["TimeoutStopSec"]) > Config().push.shutdown_seconds + 10


def test_the_page_says_only_what_was_measured():
    rows = (ROOT / "docs" / "operating.md").read_text().split("| what | measured |")[1].split("\n\n")[0]
    results = (ROOT / "bench" / "RESULTS.md").read_text()
    numbers = [row.rstrip(" |").rsplit("|", 1)[1].strip() for row in rows.splitlines() if row and "---" not in row]
    assert len(numbers) >= 5
    assert [number for number in numbers if not re.search(rf"(?<![\d,.]){re.escape(number)}(?![\d,])", results)] == []


def test_the_page_tells_of_every_command_that_is_for_programs(capsys):
    page = (ROOT / "docs" / "operating.md").read_text()
    [sentence] = re.findall(r"^(`check`.*?)take `--json`", page, re.MULTILINE | re.DOTALL)
    for command in re.findall(r"`(\w+)`", sentence):
        arguments = [command, "list", "--help"] if command == "user" else [command, "--help"]
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 0
        assert "--json" in capsys.readouterr().out
