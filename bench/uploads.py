"""What an upload of 100 MB costs the others: memory of the server, and the time that messages take to arrive."""

import asyncio
import sys
import time
from operator import truediv
from pathlib import Path
from statistics import median

import aiohttp

from bench import processes
from bench.measurement import Measurement, Samples, reached, table, wanted
from bench.members import Room
from bench.stages import TEXT
from bench.stages import found as found_room
from bench.watching import watched

MEGABYTES, MEMBERS, MESSAGES, UPLOADS = 100, 50, 1000, 3
_SENDER = Path(__file__).parent / "peers" / "uploading.py"


async def measure(rounds: int) -> Samples:
    """Return growth in MiB, milliseconds of arriving, seconds an upload; each round has a server of its own."""
    found = Samples()
    for _ in range(rounds):
        found.add("chatsrv", **await _round())
    return found


async def _round() -> dict[str, float]:
    server = processes.chatsrv()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            token, chat, _ = await found_room(server.port)
            headers, path = {"Authorization": f"Bearer {token}"}, f"/chats/{chat}/messages"
            room = Room(MEMBERS, token)
            await room.fill(server.port)
            room.forget()

            async def arrives() -> float:
                begun = time.perf_counter()
                async with http.post(path, json={"text": TEXT}, headers=headers) as response:
                    assert response.status == 200, await response.text()
                await room.everyone_gets(1)
                return time.perf_counter() - begun

            await _upload(server.port, token, 65_536, 1)
            quiet = [await arrives() for _ in range(MESSAGES)]
            before = _memory(server.process.pid, "VmRSS")
            Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
            uploading = asyncio.create_task(_upload(server.port, token, MEGABYTES * 10**6, UPLOADS))
            loaded = []
            with watched(server) as spent:
                while not uploading.done():
                    loaded.append(await arrives())
            seconds = await uploading
            growth = _memory(server.process.pid, "VmHWM") - before
            room.empty()
    finally:
        server.stop()
    return {
        "growth": growth / 1024,
        "quiet": _p99(quiet) * 1e3,
        "loaded": _p99(loaded) * 1e3,
        "seconds": seconds,
        "slowest_quiet": max(quiet) * 1e3,
        "slowest_loaded": max(loaded) * 1e3,
        "busy": spent.busy,
    }


async def _upload(port: int, token: str, size: int, times: int) -> float:
    """Return the median of the seconds that an upload took."""
    command = [sys.executable, str(_SENDER), str(port), token, str(size), str(times)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert process.returncode == 0
    return median(float(line) for line in told.split())


def _memory(process: int, name: str) -> int:
    """Return what the kernel says of the process's memory, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def _table(found: Samples) -> list[str]:
    growth = max(found.of("chatsrv", "growth"))
    ratio = median(map(truediv, found.of("chatsrv", "loaded"), found.of("chatsrv", "quiet")))
    slow = [max(found.of("chatsrv", what)) for what in ("slowest_quiet", "slowest_loaded")]
    quiet, loaded = (f"{found.told('chatsrv', what, '.1f')} ms" for what in ("quiet", "loaded"))
    rows = [
        ["growth of the server's memory, the worst round", f"{growth:.1f} MiB", f"under 16: {reached(growth < 16)}"],
        [f"a message arrives at all {MEMBERS} members, p99 without an upload", quiet, ""],
        ["the same while uploads run", loaded, ""],
        ["the second by the first, median of the rounds", f"{ratio:.2f}", wanted(ratio, most=2)],
        ["the slowest of all, quiet and while uploads run", f"{slow[0]:.0f} ms, {slow[1]:.0f} ms", ""],
        ["an upload takes", f"{found.told('chatsrv', 'seconds')} s", ""],
        ["generator while uploads run", found.told("chatsrv", "busy", ".0%"), ""],
    ]
    return [
        f"## While {MEGABYTES} MB are uploaded",
        "",
        *table("of a round | measured | wanted", rows),
        "",
        f"Each round has a server of its own: {MESSAGES} messages one after another while it is quiet,",
        f"then as many as {UPLOADS} uploads take, which are paced (`files.upload_bytes_per_second`). Growth is the",
        "peak of the resident memory above what it was before the uploads.",
        "",
    ]


MEASUREMENT = Measurement("uploads", measure, _table)
