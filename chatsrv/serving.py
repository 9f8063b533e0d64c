"""Serving: one process that listens, alone or as one of several workers."""

import asyncio
import gc
import signal
import sys
from contextlib import suppress

import uvloop
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from chatsrv.app import Place, create_app
from chatsrv.config import Config
from handlers.connections import Runner

_COLLECT_AFTER = 50_000
_BACKLOG = 4096


def serve(config: Config, place: Place | None = None) -> None:
    """Serve until told to stop, then let requests in flight finish and tell connections to come back."""
    # What was made to start with stays for good; what requests make dies young and without cycles.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER)
    uvloop.run(_serve(config, place))


async def _serve(config: Config, place: Place | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if place is not None:
        # The one who started the workers never says anything: what can be read is the end of it.
        loop.add_reader(sys.stdin.fileno(), stop.set)
    app = create_app(config, place)
    runner = Runner(
        app,
        access_log=None,
        shutdown_timeout=config.push.shutdown_seconds,
        keepalive_timeout=config.limits.idle_seconds,
    )
    try:
        await runner.setup()
        await _listen(runner, config, place)
        hurrying = asyncio.create_task(_hurry(runner, config.limits.request_seconds))
        print(f"chatsrv is ready: open {address(config, runner.addresses[0][1])} in a browser", flush=True)
        await stop.wait()
        hurrying.cancel()
    finally:
        await runner.cleanup()


async def _hurry(runner: web.AppRunner, seconds: float) -> None:
    """Close connections whose first request has not come within a while; aiohttp would wait for it for ever."""
    waited: set[RequestHandler] = set()
    while runner.server is not None:
        waiting = {one for one in runner.server.connections if not one._request_count}
        for one in waiting & waited:
            one.force_close()
        waited = waiting - waited
        await asyncio.sleep(seconds)


async def _listen(runner: web.AppRunner, config: Config, place: Place | None) -> None:
    await web.TCPSite(runner, config.host, config.port, backlog=_BACKLOG, reuse_port=place is not None or None).start()
    if place is not None:
        path = place.folder / f"{place.number}.sock"
        with suppress(FileNotFoundError):
            path.unlink()
        await web.UnixSite(runner, str(path)).start()


def address(config: Config, port: int) -> str:
    """Return what to open in a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104
    return f"http://{host}:{port}/"
