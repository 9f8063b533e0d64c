"""The bus between processes: one channel a stream, carrying ready-made bytes (design §4)."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from chatsrv.measures import Times

Receive = Callable[[str, bytes], None]
"""Takes a channel and a payload that arrived on it; never raises, never waits."""

Restored = Callable[[], None]
"""Told that payloads may have been lost on their way here: compare with storage. Never raises, never waits."""


class Pace(NamedTuple):
    """How soon a bus notices that it is deaf, in seconds, and how much may wait to be sent."""

    beat_seconds: float = 1
    deaf_seconds: float = 3
    queue: int = 10_000
    queue_bytes: int = 16_777_216


@dataclass(slots=True)
class Traffic:
    """What a bus between processes carried and lost so far, and what waits to be sent now."""

    published: int = 0
    received: int = 0
    dropped: int = 0
    foreign: int = 0
    reconnects: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    beats: Times = field(default_factory=Times)
    """How long this process' own beat took, there and back."""


class Bus(ABC):
    """At most once: what is lost is noticed by its number, or told by ``restored``, and read from storage."""

    @abstractmethod
    async def open(self, receive: Receive, restored: Restored) -> None:
        """Start, also when nobody is reached yet.

        What arrives on subscribed channels, from every process and this one, goes to ``receive``.
        """

    @abstractmethod
    async def close(self) -> None:
        """Send what waits, for a second at most, and stop; closing twice is harmless."""

    @property
    @abstractmethod
    def hears(self) -> bool:
        """Whether what others publish is known to arrive here at this moment."""

    @property
    def traffic(self) -> Traffic:
        """What went between processes; nothing where there is only one."""
        return Traffic()

    @abstractmethod
    def wanted(self, channel: str) -> bool:
        """Whether anybody may be listening, so that nothing is encoded for nobody."""

    @abstractmethod
    def publish(self, channel: str, payload: bytes) -> None:
        """Send to every subscriber; returns at once and never raises. One process' payloads keep their order."""

    @abstractmethod
    def alert(self) -> None:
        """Have every process told, this one included, that payloads may have been lost."""

    @abstractmethod
    async def subscribe(self, channel: str) -> None:
        """Return once everything published from now on will arrive, or will be followed by ``restored``."""

    @abstractmethod
    async def unsubscribe(self, channel: str) -> None:
        """Want no more of the channel."""
