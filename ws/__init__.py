"""Socket.IO: live in, live out."""

import time

from chatsrv.limits import RateLimits
from chatsrv.services.attendance import Attendance, LocalAttendance
from ws.bus import Bus, Pace

__all__ = ["BUSES", "Bus", "Pace", "open_attendance", "open_bus", "open_rates"]

BUSES = ("memory://", "redis://", "rediss://", "unix://")


def open_bus(url: str, pace: Pace | None = None) -> Bus:
    """Return the bus that the URL names, not yet open; its driver is imported only here.

    Takes ``memory://``, or ``redis://host:port/db``, ``rediss://…`` and ``unix://path`` for Redis.
    Raises ValueError for anything else, and when the driver is not installed.
    """
    if url == "memory://":
        from ws.bus_memory import MemoryBus

        return MemoryBus()
    if url.startswith(BUSES[1:]):
        try:
            from ws.bus_redis import RedisBus
        except ModuleNotFoundError:
            raise ValueError("Redis takes its driver: pip install 'chatsrv[redis]'") from None
        return RedisBus(url, pace or Pace())
    raise ValueError(f"no bus for {url.partition(':')[0]!r}: takes {', '.join(BUSES)}")


def open_attendance(url: str, pace: Pace, *, gone_seconds: float) -> Attendance:
    """Return the attendance of all processes on the bus that the URL names, not yet open."""
    if url == "memory://":
        return LocalAttendance()
    from ws.attendance_redis import RedisAttendance

    return RedisAttendance(url, pace, gone_seconds)


def open_rates(url: str, pace: Pace) -> RateLimits:
    """Return what makes the rate limits of all processes on the bus that the URL names, not yet open."""
    if url == "memory://":
        from ws.rates_memory import MemoryRates

        return MemoryRates(time.monotonic)
    from ws.rates_redis import RedisRates

    return RedisRates(url, pace)
