"""Real processes: a server of a test's own, that can be killed and started again on the same port and data."""

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
_READY = re.compile(r"chatsrv is ready: open (http://127\.0\.0\.1:\d+/) in a browser")


class ServerProcess:
    """``chatsrv serve`` in a process of its own; what it logs is kept beside its data."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        program: str = "chatsrv",
        environment: dict[str, str] | None = None,
        **settings: str,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._command = [sys.executable, "-m", program, "serve", *arguments]
        self._settings = {f"CHATSRV_{name.upper()}": value for name, value in settings.items()}
        self._settings |= environment or {}
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it is ready, each time on the same port."""
        settings = {"CHATSRV_DATA": str(self._folder / "data"), "CHATSRV_PORT": str(self._port)} | self._settings
        with (self._folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=os.environ | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.url = self._ready_line(self._process)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process' id."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would (kill -9)."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and return its exit code, which is 0 when it ended well or was not running."""
        return self._end(signal.SIGTERM)

    def close(self) -> None:
        """Let go of what started it."""

    def wait(self) -> int:
        """Return its exit code once it has ended by itself."""
        process, self._process = self._process, None
        assert process is not None
        process.communicate(timeout=PATIENCE)
        return process.returncode

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(PATIENCE)
        finally:
            process.kill()
            process.communicate()

    def _ready_line(self, process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
        return self._ready_in(process.stdout.readline() if readable else "")

    def _ready_in(self, line: str) -> str:
        found = _READY.search(line)
        assert found, (self._folder / "server.log").read_text()
        return found[1]
