"""What an upload of 100 MB costs the others: memory of the server, and the time that messages take to arrive."""

import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import aiohttp

from bench import processes
from bench.members import Room
from bench.rooms import TEXT, found

MEGABYTES, MEMBERS, MESSAGES, UPLOADS = 100, 50, 1000, 3
_SENDER = Path(__file__).parent / "peers" / "uploading.py"


class Found(NamedTuple):
    """Of one round: growth in MiB, the p99 of arriving without and with uploads in milliseconds, seconds an upload.

    ``slowest`` are the milliseconds of the slowest without and with uploads.
    """

    growth: float
    quiet: float
    loaded: float
    seconds: float
    slowest: tuple[float, float]


async def measure(rounds: int) -> list[str]:
    """Return the lines of the report; each round has a server of its own, first quiet, then loaded."""
    found = [await _round() for _ in range(rounds)]
    growth = max(one.growth for one in found)
    ratio = median(one.loaded / one.quiet for one in found)
    quiet, loaded, seconds = (median(values) for values in list(zip(*found, strict=True))[1:4])
    slow = [max(one.slowest[place] for one in found) for place in (0, 1)]
    return [
        f"## While {MEGABYTES} MB are uploaded",
        "",
        "| | measured | wanted |",
        "|---|---|---|",
        f"| growth of the server's memory, the worst round | {growth:.1f} MiB | under 16: {_reached(growth < 16)} |",
        f"| a message arrives at all {MEMBERS} members, p99 without an upload | {quiet:.1f} ms | |",
        f"| the same while uploads run | {loaded:.1f} ms | |",
        f"| the second by the first, median of the rounds | {ratio:.2f} | at most 2: {_reached(ratio <= 2)} |",
        f"| the slowest of all, quiet and while uploads run | {slow[0]:.0f} ms, {slow[1]:.0f} ms | |",
        f"| an upload takes | {seconds:.2f} s | |",
        "",
        f"{rounds} rounds, each with a server of its own: {MESSAGES} messages one after another while it is quiet,",
        f"then as many as {UPLOADS} uploads take, which are paced (`files.upload_bytes_per_second`). Growth is the",
        "peak of the resident memory above what it was before the uploads.",
        "",
    ]


async def _round() -> Found:
    server = processes.chatsrv()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as http:
            token, chat, _ = await found(server.port)
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
            while not uploading.done():
                loaded.append(await arrives())
            seconds = await uploading
            growth = _memory(server.process.pid, "VmHWM") - before
            room.empty()
    finally:
        server.stop()
    return Found(growth / 1024, _p99(quiet) * 1e3, _p99(loaded) * 1e3, seconds, (max(quiet) * 1e3, max(loaded) * 1e3))


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


def _reached(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


if __name__ == "__main__":
    os.sched_setaffinity(0, {processes.GENERATOR_CORE})
    print("\n".join(asyncio.run(measure(5))))
