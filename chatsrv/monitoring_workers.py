"""The numbers of all workers of one port in one answer, whichever of them was asked."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import aiohttp

_PATIENCE = aiohttp.ClientTimeout(total=3)

_UP = "# HELP chatsrv_worker_up 1 if the worker told its numbers\n# TYPE chatsrv_worker_up gauge\nchatsrv_worker_up "


def together(own: Callable[[], str], number: int, folder: Path) -> Callable[[], Awaitable[str]]:
    """Return how to read the numbers of every worker that has met in the folder; this one is ``number``."""

    async def read() -> str:
        others = sorted(int(one.stem) for one in folder.glob("*.sock") if one.stem != str(number))
        told = await asyncio.gather(*(_ask(folder / f"{other}.sock") for other in others))
        texts = dict(zip(others, told, strict=True)) | {number: own()}
        return joined((str(worker), _with_up(texts[worker])) for worker in sorted(texts))

    return read


def joined(texts: Iterable[tuple[str, str]]) -> str:
    """Return one text of several workers' texts, each sample labelled with its worker, each family in one place."""
    headers: dict[str, list[str]] = {}
    samples: defaultdict[str, list[str]] = defaultdict(list)
    for worker, text in texts:
        family = ""
        for line in text.splitlines():
            if line.startswith("# HELP "):
                family = line.split(" ", 3)[2]
                headers.setdefault(family, [])
            if not line.startswith("#"):
                samples[family].append(_labelled(line, worker))
            elif len(headers[family]) < 2:
                headers[family].append(line)
    return "".join(f"{line}\n" for family in headers for line in (*headers[family], *samples[family]))


def _labelled(line: str, worker: str) -> str:
    name, brace, rest = line.partition("{")
    if brace:
        return f'{name}{{worker="{worker}",{rest}'
    name, _, rest = line.partition(" ")
    return f'{name}{{worker="{worker}"}} {rest}'


def _with_up(text: str) -> str:
    return f"{_UP}{1 if text else 0}\n{text}"


async def _ask(path: Path) -> str:
    """Return what a worker tells, nothing when it has gone or is just being started."""
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(path=str(path)), timeout=_PATIENCE) as session,
            session.get("http://neighbour/metrics") as answer,
        ):
            return await answer.text() if answer.status == 200 else ""
    except (aiohttp.ClientError, OSError, TimeoutError):
        return ""
