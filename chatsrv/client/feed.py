"""The order of events: each change of a stream once and in the order of its numbers, whatever a connection brings."""

from collections.abc import Iterable, Mapping
from enum import Enum

from chatsrv.client.things import Event


class Turn(Enum):
    """What an event is to its stream: the next one, one to wait with, one that was had, or one after a hole."""

    NEXT = "next"
    HELD = "held"
    HAD = "had"
    HOLE = "hole"


class Feed:
    """Knows the last number taken of each stream, and holds what comes while it is not sure what comes next.

    The rules are those of docs/protocol.md: numbers are dense, so a hole says that something was lost; a replay has
    holes but rises; what was on its way meanwhile may come twice.
    """

    def __init__(self, last: Mapping[str, int]) -> None:
        self.last = dict(last)
        self._held: dict[str, dict[int, Event]] = {}
        self._opening = False
        self.held = 0
        """How many events are held."""

    def begin(self) -> None:
        """Hold all streams, until `go`."""
        self._held, self._opening, self.held = {}, True, 0

    def go(self) -> None:
        """Hold no more than what is held now."""
        self._opening = False

    def holding(self) -> list[str]:
        """Return the streams of which something is held."""
        return list(self._held)

    def take(self, event: Event, seq: int) -> Turn:
        """Say what the event is to its stream. After a hole the stream is held: it must be resumed, and released."""
        stream, last = event.stream, self.last.get(event.stream)
        if stream in self._held or self._opening:
            return self._hold(stream, seq, event, Turn.HELD)
        if last is not None and seq > last + 1:
            return self._hold(stream, seq, event, Turn.HOLE)
        if last is not None and seq <= last:
            return Turn.HAD
        self.last[stream] = seq
        return Turn.NEXT

    def missed(self, stream: str, head: int) -> Iterable[tuple[int, Event]]:
        """Return what a resume brought, in order: after the last number, up to ``head``. It stays held."""
        last = self.last.get(stream, 0)
        return sorted((seq, event) for seq, event in self._held.get(stream, {}).items() if last < seq <= head)

    def release(self, stream: str, head: int | None) -> Iterable[tuple[int, Event]]:
        """Hold the stream no more; everything up to ``head`` is had. Return what came after it, to be taken."""
        if head is not None:
            self.last[stream] = head
        held = self._drop(stream)
        return sorted((seq, event) for seq, event in held.items() if head is None or seq > head)

    def forget(self, stream: str) -> None:
        """Drop a stream that one may no longer hear."""
        self.last.pop(stream, None)
        self._drop(stream)

    def _hold(self, stream: str, seq: int, event: Event, turn: Turn) -> Turn:
        held = self._held.setdefault(stream, {})
        self.held += seq not in held
        held[seq] = event
        return turn

    def _drop(self, stream: str) -> dict[int, Event]:
        held = self._held.pop(stream, {})
        self.held -= len(held)
        return held
