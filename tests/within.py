"""Promises of time, held also where the machine is busy with other things."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_TICK = 0.01


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError when it takes longer; while this process is given no processor, its clock stands still."""
    async with asyncio.timeout(None) as limit:
        ticking = asyncio.create_task(_tick(limit, seconds))
        try:
            yield
        finally:
            ticking.cancel()


async def _tick(limit: asyncio.Timeout, seconds: float) -> None:
    for _ in range(round(seconds / _TICK)):
        await asyncio.sleep(_TICK)
    limit.reschedule(asyncio.get_running_loop().time())
