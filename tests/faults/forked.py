"""Servers that start fast, forked from a process that has imported everything: for a thousand kills.

``python -m tests.faults.forked`` forks a server for each line that it is told, one at a time, and says how it ended.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.processes import PATIENCE, ROOT, ServerProcess


class ForkedServer(ServerProcess):
    """A ``ServerProcess`` that forks; it is killed and stopped like any other."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **settings)
        self._child = 0
        self._parent: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The id of the process that serves."""
        return self._child

    def start(self) -> None:
        """Start it and wait until it is ready, each time on the same port."""
        parent = self._parent = self._parent or self._open()
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(f"{self._port}\n")
        parent.stdin.flush()
        self._child = int(parent.stdout.readline())
        self.url = self._ready_in(parent.stdout.readline())

    def close(self) -> None:
        """End the one that forks."""
        if self._parent is not None:
            self._parent.communicate(timeout=PATIENCE)

    def _end(self, how: signal.Signals) -> int:
        child, self._child = self._child, 0
        if not child or self._parent is None or self._parent.stdout is None:
            return 0
        os.kill(child, how)
        return os.waitstatus_to_exitcode(int(self._parent.stdout.readline()))

    def _open(self) -> "subprocess.Popen[str]":
        environment = os.environ | {"CHATSRV_DATA": str(self._folder / "data")} | self._settings
        with (self._folder / "server.log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-u", "-m", "tests.faults.forked"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )


def _fork() -> None:
    import chatsrv.serving  # what a server imports, before it is forked
    from chatsrv.cli import main

    assert chatsrv.serving
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _say(os.getpid())
            os.environ["CHATSRV_PORT"] = line.strip()
            os._exit(main(["serve"]) or 0)
        _say(os.waitpid(child, 0)[1])


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _fork()
