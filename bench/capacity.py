"""What one core takes, as docs/operating.md tells it."""

from bench.measurement import Samples, table
from bench.servers import OURS

_NEEDED = ("rooms", "messages", "crossing", "spreading", "uploads", "crowds")


def told(found: dict[str, Samples]) -> list[str]:
    """Return the lines; none unless all of it was measured."""
    if not found.keys() >= set(_NEEDED):
        return []
    posts, pages = (found["messages"].median(OURS, what) for what in ("post", "get"))
    delivery = found["rooms"].median(OURS, "whole") * 1e6
    crossing = found["crossing"].median("1000", "before") * 1e6
    kib = found["crowds"].median(OURS, "kib")
    rows = [
        ["messages posted, a second, durable on SQLite", f"{posts:,.0f}"],
        ["pages of 25 messages read, a second", f"{pages:,.0f}"],
        ["one event to one client of a large room, microseconds of processor", f"{delivery:.2f}"],
        ["an event from another process over Redis, microseconds before its members", f"{crossing:.0f}"],
        ["memory of a connection at rest, KiB", f"{kib:.1f}"],
        ["what two workers deliver, times one's", f"{found['spreading'].ratio('1', '2', 'busiest'):.2f}"],
        ["uploads' growth of the memory, the worst, MiB", f"{max(found['uploads'].of(OURS, 'growth')):.1f}"],
    ]
    school = 33 / posts + 1000 * delivery / 1e6
    large = 100_000 * delivery / 1e6
    return [
        *table("what | measured", rows),
        "",
        f"So of a core a second's work takes about: posts / {posts:,.0f} + pages / {pages:,.0f} + deliveries ×",
        f"{delivery:.2f} / 1,000,000. A school of 2,000 people, each writing once a minute to a room of 30, makes 33",
        f"posts and 1,000 deliveries a second: {school:.1%} of that core. What outgrows one core is large rooms: 1,000",
        f"members who hear 100 messages a second are 100,000 deliveries, {large:.0%} of it. Then MongoDB, Redis and",
        "workers, a core each.",
    ]
