"""The bus of a single process: what is published is received at once."""

from ws.bus import Bus, Receive, Restored


class MemoryBus(Bus):
    """Hands payloads over within this process; nothing is ever lost on the way."""

    def __init__(self) -> None:
        self._receive: Receive | None = None
        self._restored: Restored | None = None
        self._channels: set[str] = set()

    async def open(self, receive: Receive, restored: Restored) -> None:
        self._receive, self._restored = receive, restored

    async def close(self) -> None:
        self._receive = self._restored = None
        self._channels.clear()

    @property
    def hears(self) -> bool:
        return self._receive is not None

    def wanted(self, channel: str) -> bool:
        return channel in self._channels

    def publish(self, channel: str, payload: bytes) -> None:
        if self._receive is not None and channel in self._channels:
            self._receive(channel, payload)

    def alert(self) -> None:
        if self._restored is not None:
            self._restored()

    async def subscribe(self, channel: str) -> None:
        self._channels.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        self._channels.discard(channel)
