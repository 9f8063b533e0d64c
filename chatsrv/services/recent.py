"""What was read a moment ago and may be believed for half a second (decision 0005)."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from chatsrv.clock import Clock

_MOST = 10_000
_MILLISECONDS = 500

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Remembers a bounded number of things for half a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[Key, tuple[int, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return what is known and young enough."""
        until, value = self._known.get(key, (0, None))
        return value if until >= self._clock() else None

    def put(self, key: Key, value: Value) -> None:
        """Remember what was just read."""
        self._known[key] = self._clock() + _MILLISECONDS, value
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Know it no more: it has changed."""
        self._known.pop(key, None)

    def items(self) -> list[tuple[Key, Value]]:
        """Return all that is remembered, young or not."""
        return [(key, value) for key, (_, value) in self._known.items()]
