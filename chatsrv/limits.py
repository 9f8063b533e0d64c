"""Rate limits: token buckets, as many as there are askers, within a bound."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable

from chatsrv.errors import Code, Problem

_MOST_BUCKETS = 50_000


class RateLimit:
    """Lets each key through ``rate`` times a second on average, ``burst`` times at once."""

    def __init__(self, rate: float, burst: int, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Take one token. Raises Problem TOO_MANY_REQUESTS, which says in how many seconds to come back."""
        now = self._monotonic()
        tokens, since = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        # The bucket forgotten first is the one used longest ago: by then it is full, unless there is a flood of keys.
        self._buckets[key] = (max(0.0, tokens - 1) if tokens >= 1 else tokens, now)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if tokens < 1:
            raise Problem(Code.TOO_MANY_REQUESTS, retry_after=max(1, math.ceil((1 - tokens) / self._rate)))
