"""Rate limits: so many at once, so many a second, each asker for itself; counted here, or together with others."""

import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable

from chatsrv.errors import Code, Problem

_MOST_BUCKETS = 50_000


class RateLimit(ABC):
    """Lets each key through so many times a second on average, and so many times at once."""

    @abstractmethod
    async def take(self, key: Hashable) -> None:
        """Take one token. Raises Problem TOO_MANY_REQUESTS, which says in how many seconds to come back."""


class RateLimits(ABC):
    """Makes the limits of a process, and has them count together with those of others, where there are others."""

    @abstractmethod
    async def open(self) -> None:
        """Begin to count together; a limit counts on its own before."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of the others."""

    @abstractmethod
    def limit(self, name: str, rate: float, burst: int, *, exact: bool = False) -> RateLimit:
        """Return the limit of this name: ``rate`` a second, ``burst`` at once, for each key.

        One that is ``exact`` asks the others before it lets anyone through; another one tells them afterwards.
        """


class Buckets:
    """Token buckets, as many as there are keys, within a bound."""

    def __init__(self, rate: float, burst: int, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Take one token. Raises Problem TOO_MANY_REQUESTS."""
        now = self._monotonic()
        tokens, since = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        # The bucket forgotten first is the one used longest ago: by then it is full, unless there is a flood of keys.
        self._buckets[key] = (max(0.0, tokens - 1) if tokens >= 1 else tokens, now)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if tokens < 1:
            raise too_many((1 - tokens) / self._rate)


class Refusals:
    """Who has been told to come back later, and when that is; as many as there are buckets."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: OrderedDict[Hashable, float] = OrderedDict()

    def add(self, key: Hashable, seconds: float) -> None:
        """Refuse this key for so long."""
        self._until[key] = self._monotonic() + seconds
        if len(self._until) > _MOST_BUCKETS:
            self._until.popitem(last=False)

    def check(self, key: Hashable) -> None:
        """Raise Problem TOO_MANY_REQUESTS for who is refused."""
        until = self._until.get(key)
        if until is None:
            return
        left = until - self._monotonic()
        if left > 0:
            raise too_many(left)
        del self._until[key]


def too_many(seconds: float) -> Problem:
    """Return the refusal that says to come back after so long."""
    whole = max(1, math.ceil(seconds))
    return Problem(Code.TOO_MANY_REQUESTS, data=whole, retry_after=whole)
