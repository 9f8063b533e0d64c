"""Time and ids: the one clock and the one maker of ordered ids, both injected."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns the time now: Unix milliseconds, UTC."""

_EPOCH = 1_704_067_200_000  # 2024-01-01: 41 bits of milliseconds from here stay below 2**53 until 2093
_COUNTER_BITS = 12


def system_clock() -> int:
    """Return the time now in Unix milliseconds; the only place that asks the machine."""
    return time.time_ns() // 1_000_000


class IdMaker:
    """Makes integers below 2**53, ordered by time, strictly rising in this process even when the clock steps back.

    Two processes may make the same id in the same millisecond; storage refuses the second, and its caller asks again.
    """

    def __init__(self, clock: Clock, start: Callable[[int], int]) -> None:
        """``start(n)`` returns an integer in [0, n): where to count from within a millisecond."""
        self._clock = clock
        self._start = start
        self._last = 0

    def __call__(self) -> int:
        """Return the next id."""
        first = (self._clock() - _EPOCH) << _COUNTER_BITS
        if first > self._last:
            first |= self._start(1 << (_COUNTER_BITS - 1))
        self._last = max(first, self._last + 1)
        return self._last
