"""The streams that have webhooks, known in memory: a change of any other costs one look into a table."""

from collections import defaultdict
from collections.abc import Callable

from chatsrv.services.streams import Event, Publish, Reached, Signal
from storage.base import Record

Wake = Callable[[str], None]

_LEFT = "chat.left"
"""Who left may be a webhook's owner: it is looked at, whatever it wants to be told."""


class Watched:
    """Stands between the gate and its publisher, and wakes who delivers. What it misses is found in storage later."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._wanted: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self._streams: dict[str, str] = {}
        self._wake: Wake | None = None

    def listen(self, wake: Wake | None) -> None:
        """Call this with the id of each webhook that has something to deliver; it returns at once."""
        self._wake = wake

    def watch(self, record: Record) -> None:
        """Know this webhook."""
        self._streams[record["id"]] = record["stream"]
        self._wanted[record["stream"]][record["id"]] = frozenset(record["events"])

    def renew(self, record: Record) -> None:
        """Know this webhook, and have it looked at."""
        self.watch(record)
        if self._wake is not None:
            self._wake(record["id"])

    def forget(self, id: str) -> None:
        """Know it no more."""
        stream = self._streams.pop(id, "")
        wanted = self._wanted.get(stream, {})
        wanted.pop(id, None)
        if not wanted:
            self._wanted.pop(stream, None)

    def publish(self, signal: Signal) -> None:
        """Hand the signal on, and wake the webhooks that want it."""
        self._publish(signal)
        if self._wake is None or not isinstance(signal, Event | Reached) or signal.stream not in self._wanted:
            return
        for id, names in self._wanted[signal.stream].items():
            if isinstance(signal, Reached) or signal.name in names or signal.name == _LEFT:
                self._wake(id)
