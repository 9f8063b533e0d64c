"""The bus between processes: one channel a stream, carrying ready-made bytes (design §4)."""

from abc import ABC, abstractmethod
from collections.abc import Callable

Receive = Callable[[str, bytes], None]
"""Takes a channel and a payload that arrived on it; never raises, never waits."""


class Bus(ABC):
    """At most once: what is lost is noticed by its number and read from storage."""

    @abstractmethod
    async def open(self, receive: Receive) -> None:
        """Start; what arrives on subscribed channels, from every process and this one, goes to ``receive``."""

    @abstractmethod
    async def close(self) -> None:
        """Stop; closing twice is harmless."""

    @property
    @abstractmethod
    def hears(self) -> bool:
        """Whether what others publish is known to arrive here at this moment."""

    @abstractmethod
    def wanted(self, channel: str) -> bool:
        """Whether anybody may be listening, so that nothing is encoded for nobody."""

    @abstractmethod
    def publish(self, channel: str, payload: bytes) -> None:
        """Send to every subscriber; returns at once and never raises. One process' payloads keep their order."""

    @abstractmethod
    async def subscribe(self, channel: str) -> None:
        """Return once everything published from now on will arrive."""

    @abstractmethod
    async def unsubscribe(self, channel: str) -> None:
        """Want no more of the channel."""
