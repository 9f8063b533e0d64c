"""The commands of whoever runs a server: check, stats, migrate, backup, restore, export, import."""

import argparse
import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatsrv.app import storage_of
from chatsrv.archive import recognize
from chatsrv.backup import back_up, bring_back, carry_out
from chatsrv.checking import FAILURE, Finding, check
from chatsrv.config import Config, ConfigError
from chatsrv.services import COLLECTIONS, KINDS
from chatsrv.stats import Stats, read_stats
from chatsrv.terminal import coloured, in_units, say_json
from storage import inspect

_GIVES_WAY = 10
TO_DO = 1
"""The exit code of what went well and found something that is not as it should be."""

Configure = Callable[[], Config]
_TOLD = {
    "check": (
        "look at everything that a server stands on",
        "Looks at the configuration, storage, clock, bus, permissions, disk and open files, and says of each how it is."
        " Changes nothing; may be run beside a server. Exits 1 if anything failed; a warning is no failure.",
    ),
    "stats": ("count people, chats, messages and files", "Says how much there is. May be run beside a server."),
    "migrate": (
        "bring the database to this version",
        "Does what serving would do first: makes tables and indexes that are"
        " new and indexes words. With --dry-run it only says so, also beside a server.",
    ),
    "backup": (
        "write everything to a new file while the server runs",
        "Holds up nobody. Of SQLite and its attachments it is"
        " the state of one moment; MongoDB goes on changing meanwhile. The secret is not in the file.",
    ),
    "restore": (
        "bring a file of backup into an empty place",
        "Checks the file, brings everything back, reads it once more"
        " and compares. Goes on if it was cut off. Clients that had seen more read anew.",
    ),
    "export": (
        "write everything to a new file, of any storage",
        "Goes on if it was cut off; ends by comparing the file with"
        " the database, which must not change meanwhile: stop its servers.",
    ),
    "import": (
        "bring a file of export into an empty database",
        "The same as restore: into any storage, going on if it was cut off, checked at the end.",
    ),
}
Work = Callable[[Configure, argparse.Namespace], int]
Commands = Any  # argparse's own type of these is private


def add_commands(commands: Commands) -> list[argparse.ArgumentParser]:
    """Add check, stats, migrate, backup, restore, export and import; return their parsers."""
    checking, stats, migrate = (_add(commands, name) for name in ("check", "stats", "migrate"))
    backup, restore, exporting, importing = filing = [
        _add(commands, name) for name in ("backup", "restore", "export", "import")
    ]
    migrate.add_argument("--dry-run", action="store_true", help="only say what would be done; exits 1 if anything")
    for command in filing:
        command.add_argument("file", type=Path, help="where to" if command in (backup, exporting) else "where from")
    works: dict[argparse.ArgumentParser, Work] = {checking: _check, stats: _stats, migrate: _migrate}
    works |= {backup: _backup, restore: _restore, exporting: _export, importing: _import}
    for command, work in works.items():
        command.add_argument("--json", action="store_true", help="print JSON")
        command.set_defaults(work=work)
    return list(works)


def _add(commands: Commands, name: str) -> argparse.ArgumentParser:
    summary, description = _TOLD[name]
    command: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=description)
    return command


def run(configure: Configure, given: argparse.Namespace) -> int:
    """Do what was asked and return the exit code. Raises ConfigError, Unavailable, ValueError with what was refused."""
    work: Work = given.work
    return work(configure, given)


def _check(configure: Configure, given: argparse.Namespace) -> int:
    try:
        findings = asyncio.run(check(configure(), given.source))
    except ConfigError as error:
        findings = [Finding("configuration", FAILURE, fault) for fault in error.faults]
    if given.json:
        say_json([one._asdict() for one in findings])
    else:
        for one in findings:
            print(_line(one))
    return TO_DO if any(one.state == FAILURE for one in findings) else 0


def _stats(configure: Configure, given: argparse.Namespace) -> int:
    stats = asyncio.run(read_stats(configure()))
    if given.json:
        say_json(stats._asdict())
    else:
        _print_stats(stats)
    return 0


def _migrate(configure: Configure, given: argparse.Namespace) -> int:
    pending = asyncio.run(_bring_up(configure(), given.dry_run))
    if given.json:
        say_json({"changes": pending, "made": not given.dry_run})
    elif not pending:
        print("the database is as this version needs it")
    else:
        print("would be done:" if given.dry_run else "done:", *(f"  {one}" for one in pending), sep="\n")
    return TO_DO if pending and given.dry_run else 0


async def _bring_up(config: Config, dry_run: bool) -> list[str]:
    url, driver = config.storage_url, config.mongodb_driver
    found = await inspect(url, COLLECTIONS, KINDS, mongodb_driver=driver)
    if found.pending and not dry_run:
        engine = storage_of(config)
        try:
            await engine.open(COLLECTIONS, KINDS)
        finally:
            await engine.close()
    return found.pending


def _backup(configure: Configure, given: argparse.Namespace) -> int:
    os.nice(_GIVES_WAY)
    count = asyncio.run(back_up(configure(), given.file))
    return _tell(given, count, f"{given.file} holds {count} things, {in_units(given.file.stat().st_size)}")


def _restore(configure: Configure, given: argparse.Namespace) -> int:
    count = _bring_back(configure(), given.file)
    return _tell(given, count, f"the {count} things of {given.file} are back; clients that are connected read anew")


def _export(configure: Configure, given: argparse.Namespace) -> int:
    count = asyncio.run(carry_out(configure(), given.file))
    return _tell(given, count, f"{given.file} holds {count} things")


def _import(configure: Configure, given: argparse.Namespace) -> int:
    count = _bring_back(configure(), given.file)
    return _tell(given, count, f"the database holds the {count} things of {given.file}")


def _bring_back(config: Config, file: Path) -> int:
    recognize(file)  # before anything is made
    return asyncio.run(bring_back(config, file))


def _tell(given: argparse.Namespace, count: int, sentence: str) -> int:
    if given.json:
        say_json({"file": str(given.file), "things": count, "bytes": given.file.stat().st_size})
    else:
        print(sentence)
    return 0


def _line(one: Finding) -> str:
    # Padded by hand: a colour takes no room on the screen.
    return f"{coloured(one.state)}{' ' * (9 - len(one.state))}{one.name:15}{one.said}"


def _print_stats(stats: Stats) -> None:
    for name, value in stats._asdict().items():
        if not isinstance(value, dict):
            shown = in_units(value) if name.endswith("bytes") else f"{value:,}"
            print(f"{name.replace('_bytes', ' take'):18}{shown:>14}")
