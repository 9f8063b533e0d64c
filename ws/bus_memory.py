"""The bus of a single process: what is published is received at once."""

from ws.bus import Bus, Receive


class MemoryBus(Bus):
    """Hands payloads over within this process."""

    def __init__(self) -> None:
        self._receive: Receive | None = None
        self._channels: set[str] = set()

    async def open(self, receive: Receive) -> None:
        self._receive = receive

    async def close(self) -> None:
        self._receive = None
        self._channels.clear()

    @property
    def hears(self) -> bool:
        return self._receive is not None

    def wanted(self, channel: str) -> bool:
        return channel in self._channels

    def publish(self, channel: str, payload: bytes) -> None:
        if self._receive is not None and channel in self._channels:
            self._receive(channel, payload)

    async def subscribe(self, channel: str) -> None:
        self._channels.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        self._channels.discard(channel)
