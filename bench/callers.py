"""Ten thousand clients in one process: they connect with a token, may name what they have, and count what they get."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable

from bench.members import Member

_SENT = re.compile(rb'"text":"at (\d+\.\d+)"')


class Caller(Member):
    """One client, who says ``hello`` when it is let in, and is live when that is answered."""

    def __init__(self, crowd: "Crowd", token: bytes, hello: bytes) -> None:
        self._crowd = crowd
        self._token = token
        self._hello = hello
        self.live = False
        self._leaving = False
        super().__init__(crowd)  # type: ignore[arg-type]

    def _take(self, payload: bytes) -> None:
        if payload.startswith(b"42"):
            self._crowd.told(self, payload)
        elif payload.startswith(b"40"):
            if self._hello:
                self._send(b"421" + self._hello)
            else:
                self._begin()
        elif payload.startswith(b"43"):
            assert b'"recovered":false' not in payload, payload
            self._begin()
        elif payload.startswith(b"0"):
            self._send(b'40{"token":"' + self._token + b'"}')
        elif payload == b"2":
            self._send(b"3")
        else:
            self._crowd.lost_for(payload)

    def connection_lost(self, error: Exception | None) -> None:
        """Count who is hung up on: that makes the run void."""
        if not self._leaving:
            self._crowd.lost_for(str(error).encode())

    def leave(self) -> None:
        """Hang up."""
        self._leaving = True
        super().leave()

    def _begin(self) -> None:
        self.live = True
        self._crowd.joined()


MakeCaller = Callable[["Crowd", bytes, bytes], Member]


class Crowd:
    """All clients of a run; client number n has the token of person n modulo their number."""

    def __init__(self, port: int, tokens: list[str], size: int, *, caller: "MakeCaller | None" = None) -> None:
        self._make = caller or Caller
        self._port = port
        self._tokens = [token.encode() for token in tokens]
        self._size = size
        self._callers: list[Member] = []
        self._live = 0
        self._everyone = asyncio.Event()
        self.lost: Counter[bytes] = Counter()
        self.events = 0
        self.seconds: list[float] = []
        """How long each message that says when it was sent took to get to a client who was live by then."""

    async def connect(self, in_flight: int, hello: bytes = b"") -> float:
        """Connect everyone, so many at a time; return how many seconds passed until the last one was live."""
        self._live = 0
        self._everyone.clear()
        loop, begun = asyncio.get_running_loop(), time.perf_counter()
        numbers = iter(range(self._size))

        async def go_on() -> None:
            for number in numbers:
                token = self._tokens[number % len(self._tokens)]
                made = self._maker(token, hello)
                _, caller = await loop.create_connection(made, "127.0.0.1", self._port)
                self._callers.append(caller)

        await asyncio.gather(*(go_on() for _ in range(in_flight)))
        try:
            async with asyncio.timeout(120):
                await self._everyone.wait()
        except TimeoutError:
            raise RuntimeError(f"{self._live} are live, {self.lost} were hung up on") from None
        return time.perf_counter() - begun

    def _maker(self, token: bytes, hello: bytes) -> Callable[[], Caller]:
        return lambda: self._make(self, token, hello)

    def leave(self) -> None:
        """Let everyone hang up at once."""
        for caller in self._callers:
            caller.leave()
        self._callers = []

    def lost_for(self, reason: bytes) -> None:
        """Note that the server closed a connection."""
        self.lost[reason] += 1

    def joined(self) -> None:
        """Note that one more is live."""
        self._live += 1
        if self._live == self._size:
            self._everyone.set()

    def told(self, caller: Caller, payload: bytes) -> None:
        """Note an event."""
        self.events += 1
        found = _SENT.search(payload)
        if found and caller.live:
            self.seconds.append(time.perf_counter() - float(found[1]))
