"""Rate limits of one process."""

from collections.abc import Callable, Hashable

from chatsrv.limits import Buckets, RateLimit, RateLimits


class MemoryRates(RateLimits):
    """Counts here, and nowhere else."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic

    async def open(self) -> None:
        """There is nobody to count together with."""

    async def close(self) -> None:
        """There is nobody to let go of."""

    def limit(self, name: str, rate: float, burst: int, *, exact: bool = False) -> RateLimit:
        return _Limit(Buckets(rate, burst, self._monotonic))


class _Limit(RateLimit):
    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    async def take(self, key: Hashable) -> None:
        self._buckets.take(key)
