"""A reader of docs/tutorial.md who does what it says, line by line, and sees whether it shows what it promises."""

import ast
import asyncio
import doctest
import inspect
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
_BLOCK = re.compile(r"^```(\w+)( stays)?\n(.*?)^```$", re.M | re.S)


class Block(NamedTuple):
    """A block of the page: its language, whether its commands stay in a terminal of their own, its text."""

    language: str
    stays: bool
    text: str


class Command(NamedTuple):
    """A line that is typed, and what it shows."""

    line: str
    shows: str


def blocks(page: Path) -> list[Block]:
    """Return the blocks of the page."""
    return [Block(language, bool(stays), text) for language, stays, text in _BLOCK.findall(page.read_text())]


def commands(text: str) -> Iterator[Command]:
    """Give the commands of a console, each begun by ``$``."""
    for typed in re.split(r"^\$ ", text, flags=re.M)[1:]:
        line, _, shows = typed.partition("\n")
        yield Command(line, shows)


class Reader:
    """Sits in a folder that looks like the clone, on ports of their own instead of 9000 and 8000."""

    def __init__(self, folder: Path, port: int, pages: int) -> None:
        self._folder = folder
        self._ports = {"9000": str(port), "8000": str(pages)}
        self._names: dict[str, Any] = {}
        self._terminals: dict[str, subprocess.Popen[str]] = {}
        self._move_in()

    def here(self, text: str) -> str:
        """Return what the page says with the ports as they are here."""
        for written, port in self._ports.items():
            text = text.replace(written, port)
        return text

    def follow(self, block: Block) -> None:
        """Do a console's block. Raises AssertionError where it shows something else."""
        for line, shows in commands(block.text):
            if block.stays:
                self._open_terminal(line, shows)
                continue
            run = subprocess.run(
                ["bash", "-c", self.here(line)],
                cwd=self._folder,
                env=self._environment(),
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            self._compare(line, run.stdout + run.stderr, shows)

    async def evaluate(self, block: Block) -> None:
        """Do a Python's block, as ``python -m asyncio`` does. Raises AssertionError where it shows something else."""
        for example in doctest.DocTestParser().get_examples(block.text):
            source = self.here(example.source)
            code = compile(source, "<tutorial>", "single", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            with redirect_stdout(io.StringIO()) as said:
                async with asyncio.timeout(PATIENCE):
                    waiting = eval(code, self._names)  # noqa: S307 (it is our own page)
                    if inspect.isawaitable(waiting):
                        await waiting
            self._compare(example.source, said.getvalue(), example.want)

    def close(self) -> None:
        """Press Ctrl-C in every terminal."""
        for line in list(self._terminals):
            self._interrupt(line)

    def _open_terminal(self, line: str, shows: str) -> None:
        self._interrupt(line)
        terminal = self._terminals[line] = subprocess.Popen(
            ["bash", "-c", f"exec env {self.here(line)}"],
            cwd=self._folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        assert terminal.stdout is not None
        self._compare(line, "".join(terminal.stdout.readline() for _ in shows.splitlines()), shows)

    def _interrupt(self, line: str) -> None:
        terminal = self._terminals.pop(line, None)
        if terminal is not None:
            with suppress(ProcessLookupError):
                os.killpg(terminal.pid, signal.SIGINT)  # as Ctrl-C does: to all that the terminal runs
            try:
                terminal.communicate(timeout=PATIENCE)
            finally:
                terminal.kill()

    def _compare(self, line: str, shown: str, promised: str) -> None:
        pattern = "[^\n]*?".join(map(re.escape, self.here(promised).strip().split("…")))
        assert re.fullmatch(pattern, shown.strip()), f"{line}\nshows\n{shown}\ninstead of\n{promised}"

    def _move_in(self) -> None:
        """Make the folder: what was cloned, and what ``make run`` sets up the first time."""
        for name in ("Makefile", "chatsrv", "handlers", "ws", "storage", "setup.cfg", "pyproject.toml", "requirements"):
            (self._folder / name).symlink_to(ROOT / name)
        (self._folder / "examples").mkdir()
        for example in (ROOT / "examples").iterdir():
            if example.is_file():
                (self._folder / "examples" / example.name).write_text(self.here(example.read_text()))
        programs = self._folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name, arguments in (("python", ""), ("chatsrv", " -m chatsrv")):
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
            (programs / name).chmod(0o755)
        for made in ("made", "run"):
            (self._folder / ".venv" / made).touch()

    def _environment(self) -> dict[str, str]:
        # A reader is not inside another make, as `make test` is.
        outside = {
            name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")
        }
        return outside | {
            "CHATSRV_PORT": self._ports["9000"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "error",
        }
