"""Pace: work that can wait is done a little at a time, so that what can not finds the process free."""

import asyncio


class Pace:
    """Lets so many units a second through, whoever brings them, in the order of their coming."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._free = 0.0

    async def wait(self, units: int) -> None:
        """Return when these units have had their time."""
        now = asyncio.get_running_loop().time()
        self._free = max(self._free, now) + units / self._per_second
        await asyncio.sleep(self._free - now)
