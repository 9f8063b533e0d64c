"""Attendance: who is connected to any process; here for a single one."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

Noticed = Callable[[int, bool], Awaitable[None]]
"""Told whether a person is online who has not come or gone here, or when that was not sure; never raises."""

Died = Callable[[], None]
"""Told that a process died, maybe between a commit and its push; never raises, never waits."""


class Sighting(NamedTuple):
    """Whether somebody is connected now, and when they were last seen (Unix milliseconds); None is not to be known."""

    nickname: str
    online: bool
    last_seen: int | None


class Attendance(ABC):
    """Counts connections. What is out of reach is never an error: then this process knows of its own people only."""

    @abstractmethod
    async def open(self, noticed: Noticed, died: Died) -> None:
        """Start, also when the other processes can not be reached yet."""

    @abstractmethod
    async def close(self) -> None:
        """Stop; whoever is still counted here is here no more."""

    @abstractmethod
    async def arrive(self, person: int) -> bool:
        """Count a connection of the person; say whether it is their first anywhere."""

    @abstractmethod
    async def depart(self, person: int) -> bool:
        """Count a connection less; say whether it was their last anywhere."""

    @abstractmethod
    async def online(self, persons: Iterable[int]) -> set[int]:
        """Return which of these people have a connection anywhere."""


class LocalAttendance(Attendance):
    """The attendance of a single process."""

    def __init__(self) -> None:
        self._connections: Counter[int] = Counter()

    async def open(self, noticed: Noticed, died: Died) -> None:
        """Nobody comes or goes but here."""

    async def close(self) -> None:
        self._connections.clear()

    async def arrive(self, person: int) -> bool:
        self._connections[person] += 1
        return self._connections[person] == 1

    async def depart(self, person: int) -> bool:
        self._connections[person] -= 1
        if self._connections[person] > 0:
            return False
        del self._connections[person]
        return True

    async def online(self, persons: Iterable[int]) -> set[int]:
        return {person for person in persons if person in self._connections}
