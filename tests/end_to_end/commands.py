"""``chatsrv …`` as an operator or a script runs it: its exit code, its output, its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.clients import PATIENCE
from tests.end_to_end.processes import ROOT


class Said(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as a program reads it."""
        return json.loads(self.out)


def chatsrv(*arguments: object, data: Path, typed: str = "", **settings: str) -> Said:
    """Run a command over this data folder until it ends; ``typed`` is what it is told on its standard input."""
    environ = {f"CHATSRV_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "chatsrv", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"CHATSRV_DATA": str(data)} | environ,
        input=typed,
        capture_output=True,
        text=True,
        timeout=6 * PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def create_staff(data: Path, **roles: str) -> None:
    """Make an account of each role by its nickname; all have the password that the stories know."""
    for name, role in roles.items():
        said = chatsrv("user", "create", name, "--role", role, data=data, typed="Teacher-word-1\n")
        assert said.code == 0, said.err
