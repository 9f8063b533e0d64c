"""Several processes on one port: each takes its share of the connections, and one that dies is started again."""

import asyncio
import logging
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryDirectory

from chatsrv.config import Config, ConfigError, resolve_secret
from chatsrv.serving import address

_LOG = logging.getLogger("chatsrv")
_READY_SECONDS = 60
_REST_SECONDS = (0.1, 30.0)
_GRACE_SECONDS = 10


def supervise(config: Config, arguments: Sequence[str]) -> int:
    """Run ``config.workers`` processes of ``chatsrv serve`` with these arguments; return the exit code.

    SIGTERM stops them all, SIGHUP renews them one after the other. Raises ConfigError where one can't share.
    """
    faults = []
    if config.storage_url.startswith("sqlite:"):
        faults.append("workers: several processes can not share a SQLite file: set storage to mongodb://…")
    if config.bus.startswith("memory:"):
        faults.append("workers: several processes do not hear each other in memory: set bus to redis://…")
    if faults:
        raise ConfigError(faults)
    resolve_secret(config)  # made once, before there are several who would make it
    with TemporaryDirectory(prefix="chatsrv-") as folder, _reserved(config) as reserved:
        port = reserved.getsockname()[1]
        command = [sys.executable, "-m", "chatsrv", "serve", *arguments, "--port", str(port), "--meet", folder]
        return asyncio.run(_Workers(config, command).run(port))


def _reserved(config: Config) -> socket.socket:
    """Hold the port, for workers to share; who does not listen is dealt no connections."""
    family, kind, protocol, _, place = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0]
    held = socket.socket(family, kind, protocol)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        held.bind(place)
    except OSError:
        held.close()
        raise
    return held


class _Workers:
    def __init__(self, config: Config, command: Sequence[str]) -> None:
        self._config = config
        self._command = command
        self._running: dict[int, Process] = {}
        self._ready = [asyncio.Event() for _ in range(config.workers)]
        self._stopping = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None

    async def run(self, port: int) -> int:
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(ending, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._renew)
        keepers: list[asyncio.Task[None]] = []
        try:
            for number in range(self._config.workers):
                if not await self._start(number):
                    return 2
                keepers.append(asyncio.create_task(self._keep(number)))
            print(f"chatsrv is ready: open {address(self._config, port)} in a browser", flush=True)
            await self._stopping.wait()
            return 0
        finally:
            self._stopping.set()
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*(self._stop(process) for process in self._running.values()))

    async def _start(self, number: int) -> bool:
        """Start a worker; says whether it became ready."""
        self._ready[number].clear()
        process = await asyncio.create_subprocess_exec(
            *self._command, "--worker", str(number), stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        self._running[number] = process
        assert process.stdout is not None  # noqa: S101
        with suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                if b"ready" in await process.stdout.readline():
                    self._ready[number].set()
        return self._ready[number].is_set()

    async def _keep(self, number: int) -> None:
        """Start the worker again whenever it ends, after a rest that grows while it does not become ready."""
        rest, longest = _REST_SECONDS
        while True:
            code = await self._running[number].wait()
            _LOG.log(
                logging.WARNING if code else logging.INFO, "worker %d ended with %d: it is started again", number, code
            )
            while not await self._start(number):
                await self._stop(self._running[number])
                await asyncio.sleep(rest)
                rest = min(2 * rest, longest)
            rest, _ = _REST_SECONDS

    def _renew(self) -> None:
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew_all())

    async def _renew_all(self) -> None:
        """End the workers one after the other, each once the one before is back."""
        for number in range(self._config.workers):
            self._ready[number].clear()
            await self._stop(self._running[number])
            await self._ready[number].wait()

    async def _stop(self, process: Process) -> None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._config.push.shutdown_seconds + _GRACE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
