"""Servers as processes of their own, on a core of their own."""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SERVER_CORE, GENERATOR_CORE = 0, 1


@dataclass
class Server:
    """A running server: where it listens, and what it has cost so far."""

    name: str
    process: "subprocess.Popen[str]"
    port: int
    folder: "tempfile.TemporaryDirectory[str]"

    def processor_seconds(self) -> float:
        """How long its threads have been on a processor."""
        return _processor_seconds(self.process.pid)

    def seconds_of_workers(self) -> dict[int, float]:
        """How long the threads of each worker have been on a processor, by their ids; its own when it has none."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or [str(pid)]
        return {int(child): _processor_seconds(int(child)) for child in children}

    def kernel_seconds(self) -> float:
        """How much of that was spent in the kernel (in ticks of a hundredth of a second)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[12]) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def generator_seconds() -> float:
    """How long the threads of this process have been on a processor, or waited for one that others had."""
    return _processor_seconds(os.getpid(), 2)


def _processor_seconds(pid: int, fields: int = 1) -> float:
    tasks = [(task / "schedstat").read_text().split() for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(field) for task in tasks for field in task[:fields]) / 1e9


def start(name: str, command: Sequence[str], *, port: int = 0, **environ: str) -> Server:
    """Start a server that prints a line with ``:PORT`` once it listens, or that takes connections at a given one."""
    folder = tempfile.TemporaryDirectory()
    process = subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command],
        env=os.environ | {"BENCH_FOLDER": folder.name} | environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    server = Server(name, process, port, folder)
    if port:
        _wait_for(port)
    else:
        server.port = _printed_port(server)
    return server


def _printed_port(server: Server) -> int:
    assert server.process.stdout is not None
    line = server.process.stdout.readline()
    found = re.search(r":(\d+)", line)
    if found is None:
        server.process.kill()
        raise RuntimeError(f"{server.name} did not start: {line!r}")
    return int(found[1])


def _wait_for(port: int, patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def data_folder() -> str:
    """Return a new folder that lasts until this process ends."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def chatsrv(folder: str | None = None, *, indexing: str = "later", **more: str) -> Server:
    """Start our server as anybody would, its rate limits out of the way; messages are indexed later, or otherwise.

    ``more`` are settings of the environment.
    """
    many = "1000000"
    rates = {
        f"CHATSRV_RATES_{name}": many
        for name in (
            "MESSAGES_PER_SECOND",
            "MESSAGES_BURST",
            "REQUESTS_PER_SECOND",
            "REQUESTS_BURST",
            "PACKETS_PER_SECOND",
            "PACKETS_BURST",
            "LOGIN_PER_MINUTE",
            "ADDRESS_LOGINS_PER_MINUTE",
            "ACCOUNT_LOGINS_PER_HOUR",
        )
    }
    data = folder or data_folder()
    settings = {"CHATSRV_PORT": "0", "CHATSRV_DATA": data, "CHATSRV_LIMITS_CONNECTIONS_PER_PERSON": "5000"}
    module = ["chatsrv", "serve"] if indexing == "later" else ["bench.peers.chatsrv_indexing"]
    return start("chatsrv", [sys.executable, "-m", *module], **rates, **settings, **more, BENCH_INDEXING=indexing)


def peer(name: str, *, python: str = sys.executable, **environ: str) -> Server:
    """Start one of ``bench/peers``; ``environ`` is what it is told by the environment."""
    script = next((ROOT / "bench" / "peers").glob(f"{name}.*"))
    runner = "node" if script.suffix == ".cjs" else python
    return start(name, [runner, str(script)], NODE_PATH=str(node_modules()), **environ)


def node_modules() -> Path:
    """Return the folder of what npm brought."""
    return Path(os.environ.get("CHATSRV_NODE_MODULES", ROOT / "tests" / "node_modules"))
