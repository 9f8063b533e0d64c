"""Connections to Redis: every wait has a limit, commands share writes, and what fails is made anew after a pause."""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from redis.asyncio.connection import Connection, parse_url

_LOG = logging.getLogger("chatsrv.redis")
_FIRST_PAUSE, _LONGEST_PAUSE, _LONG_LIFE = 0.1, 2.0, 5.0
_BATCH, _BATCH_BYTES = 256, 1_048_576

Word = str | bytes | int
Command = tuple[Word, ...]
Item = TypeVar("Item")


class Link:
    """One connection. Whatever fails raises; then the link is of no more use and is closed."""

    def __init__(self, url: str, limit: float) -> None:
        options: dict[str, Any] = dict(parse_url(url))
        kind = options.pop("connection_class", Connection)
        # Our own time limits stand around every call; RESP2 pushes are plain arrays.
        forced = {"protocol": 2, "decode_responses": False, "socket_timeout": None, "socket_connect_timeout": limit}
        self._connection = kind(**options | forced)
        self.limit = limit

    async def open(self) -> None:
        """Connect and log in."""
        async with asyncio.timeout(self.limit):
            await self._connection.connect()

    async def close(self) -> None:
        """Let go of it, waiting for nobody."""
        await self._connection.disconnect(nowait=True)

    async def send(self, commands: Iterable[Command]) -> None:
        """Write commands in one go."""
        async with asyncio.timeout(self.limit):
            packed = self._connection.pack_commands(commands)
            await self._connection.send_packed_command(packed, check_health=False)

    async def next(self) -> Any:
        """Wait for what Redis says next, however long that takes."""
        return await self._connection.read_response(disconnect_on_error=False)


class _Waiting(NamedTuple):
    command: Command
    size: int
    answer: asyncio.Future[Any] | None


class Pipe:
    """Commands on their way: in order, as many in one write as wait, bounded in count and bytes."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._waiting: deque[_Waiting] = deque()
        self._sent: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many commands wait for their turn."""
        return len(self._waiting)

    @property
    def waiting_bytes(self) -> int:
        """How many bytes they are."""
        return self._bytes

    def put(self, *command: Word, size: int = 0, answer: asyncio.Future[Any] | None = None) -> bool:
        """Let the command wait for its turn; False when too much waits.

        ``answer`` gets what Redis says, or None when that is never heard.
        """
        if len(self._waiting) >= self._most or self._bytes + size > self._most_bytes:
            return False
        self.urge(*command, size=size, answer=answer)
        return True

    def urge(self, *command: Word, size: int = 0, answer: asyncio.Future[Any] | None = None) -> None:
        """Let the command wait for its turn, however much waits."""
        self._waiting.append(_Waiting(command, size, answer))
        self._bytes += size
        self._news.set()
        self._idle.clear()

    async def run(self, link: Link) -> None:
        """Send what comes until the link fails; raises why."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                self._take()
                async with asyncio.timeout(link.limit):
                    await link.send(waiting.command for waiting in self._sent)
                    while self._sent:
                        answer = await link.next()
                        self._done(self._sent.popleft(), answer)
            self._idle.set()

    async def drain(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()

    def drop(self) -> int:
        """Forget what waits or was not answered; return how much it was."""
        dropped = len(self._sent) + len(self._waiting)
        for waiting in (*self._sent, *self._waiting):
            self._done(waiting, None)
        self._sent.clear()
        self._waiting.clear()
        self._bytes = 0
        self._idle.set()
        return dropped

    def _take(self) -> None:
        size = 0
        while self._waiting and len(self._sent) < _BATCH and size < _BATCH_BYTES:
            waiting = self._waiting.popleft()
            size += waiting.size
            self._sent.append(waiting)
        self._bytes -= size

    @staticmethod
    def _done(waiting: _Waiting, answer: Any) -> None:
        if waiting.answer is not None and not waiting.answer.done():
            waiting.answer.set_result(answer)


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of at most this size."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


async def keep(live: Callable[[], Awaitable[None]], fell: Callable[[], None]) -> None:
    """Live for ever: after each failure say ``fell``, pause, and begin anew.

    The pauses grow and differ, so that a Redis that comes back is not met by all processes at the same moment.
    """
    pause, told = _FIRST_PAUSE, ""
    task = asyncio.current_task()
    # A failure at the moment of the cancellation hides it (Python 3.11's task groups): it is asked for as well.
    while task is None or not task.cancelling():
        born = time.monotonic()
        try:
            await live()
        except Exception as error:
            reason = _reason(error)
            if time.monotonic() - born > _LONG_LIFE:
                pause, told = _FIRST_PAUSE, ""
            if reason != told:
                _LOG.warning("without Redis: %s", reason)
            told = reason
        finally:
            fell()
        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
        pause = min(2 * pause, _LONGEST_PAUSE)


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__} {error}".strip()
