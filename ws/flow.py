"""How many packets one connection sends: a bucket of its own, and another one of the same size until it is a flood."""


class Flow:
    """Counts what comes: past the burst it is too much, past twice the burst it is a flood."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._since = 0.0

    def flooded(self, now: float) -> bool:
        """Count a packet; say whether the connection should end."""
        self._left = min(self._burst, self._left + (now - self._since) * self._rate) - 1
        self._since = now
        return self._left < -self._burst

    @property
    def too_much(self) -> float:
        """In how many seconds the connection may send again; 0 if it may now."""
        return max(0.0, -self._left / self._rate)
