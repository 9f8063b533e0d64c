"""Rate limits that the processes on one Redis share; without it each counts on its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Hashable
from contextlib import suppress
from hashlib import blake2b
from typing import Any, NamedTuple

from chatsrv.limits import Buckets, RateLimit, RateLimits, Refusals, too_many
from ws.bus import Pace
from ws.redis_link import Link, Pipe, Word, chunks, keep

_ANSWER_SECONDS = 0.25
_GATHER_SECONDS = 0.05
_AT_ONCE = 500

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local waits = {}
for place = 2, #ARGV, 4 do
    local key, count = 'chatsrv:rate:' .. ARGV[place], tonumber(ARGV[place + 3])
    local interval = tonumber(ARGV[place + 1])
    local latest = now + interval * tonumber(ARGV[place + 2])
    local full = math.max(now, tonumber(redis.call('GET', key) or 0))
    local spent = full + interval * count
    local next = spent
    if ARGV[1] == 'told' then next = spent + interval end
    if ARGV[1] == 'told' or spent <= latest then
        local left = string.format('%.0f', math.ceil((spent - now) / 1000) + 1)
        redis.call('SET', key, string.format('%.0f', spent), 'PX', left)
    end
    waits[#waits + 1] = math.ceil(math.max(0, next - latest))
end
return waits
"""
"""For each key, interval, burst and count: in how many microseconds (of Redis' clock) its bucket has a token.

A key holds when its bucket will be full again. What is 'asked' is taken only if there is enough, and 0 says that it
was; what is 'told' was let through already, so it is taken in any case, and 0 says that another one is there.
"""


class _Spent(NamedTuple):
    limit: "_Limit"
    key: Hashable

    def words(self, count: int) -> tuple[Word, ...]:
        # What is counted by is an address or a person's own word: it is written down nowhere else than here.
        name = blake2b(f"{self.limit.name} {self.key!r}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return name, round(1_000_000 / self.limit.rate), self.limit.burst, count


class RedisRates(RateLimits):
    """Every process keeps to the whole allowance by itself, and to what Redis says is left of it."""

    def __init__(self, url: str, pace: Pace) -> None:
        self._url = url
        self._deaf_seconds = pace.deaf_seconds
        self._linked = False
        self._tried, self._news = asyncio.Event(), asyncio.Event()
        self._spent: Counter[_Spent] = Counter()
        self._pipe = Pipe(pace.queue, pace.queue_bytes)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self._tasks = [asyncio.create_task(keep(self._live, self._fell)), asyncio.create_task(self._tell())]
        await self._tried.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def limit(self, name: str, rate: float, burst: int, *, exact: bool = False) -> RateLimit:
        return _Exact(self, name, rate, burst) if exact else _Limit(self, name, rate, burst)

    async def ask(self, spent: _Spent) -> float:
        """Take a token on Redis; return in how many seconds there is one, 0 if it was taken or Redis does not say."""
        answer = await self._call("asked", spent.words(1))
        return answer[0] / 1_000_000 if answer else 0

    def tell(self, spent: _Spent) -> None:
        """Have Redis know, soon, that a token was taken."""
        self._spent[spent] += 1
        self._news.set()

    async def _tell(self) -> None:
        """Tell what was spent since the last time, all of it in one go."""
        while True:
            await self._news.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._news.clear()
            told, self._spent = self._spent, Counter()
            for some in chunks(told.items(), _AT_ONCE):
                words = [word for spent, count in some for word in spent.words(count)]
                waits = await self._call("told", words) or ()
                for (spent, _), wait in zip(some, waits, strict=False):
                    if wait:
                        spent.limit.refusals.add(spent.key, wait / 1_000_000)

    async def _call(self, how: str, words: "tuple[Word, ...] | list[Word]") -> Any:
        """Return what the script answers, None while Redis is away or slow."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._linked and self._pipe.put("EVAL", _TAKE, 0, how, *words, answer=answer):
            with suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    return await answer
        return None

    async def _live(self) -> None:
        link = Link(self._url, min(1.0, self._deaf_seconds))
        try:
            await link.open()
            self._linked = True
            self._tried.set()
            await self._pipe.run(link)
        finally:
            await link.close()

    def _fell(self) -> None:
        self._linked = False
        self._pipe.drop()
        self._tried.set()


class _Limit(RateLimit):
    """Lets through what is within this process' count, and tells of it."""

    def __init__(self, rates: RedisRates, name: str, rate: float, burst: int) -> None:
        self.name = name
        self.rate = rate
        self.burst = burst
        self.refusals = Refusals(time.monotonic)
        self._rates = rates
        self._own = Buckets(rate, burst, time.monotonic)

    async def take(self, key: Hashable) -> None:
        self._check(key)
        self._rates.tell(_Spent(self, key))

    def _check(self, key: Hashable) -> None:
        self.refusals.check(key)
        self._own.take(key)


class _Exact(_Limit):
    """Lets through what is within everybody's count."""

    async def take(self, key: Hashable) -> None:
        self._check(key)
        wait = await self._rates.ask(_Spent(self, key))
        if wait:
            self.refusals.add(key, wait)
            raise too_many(wait)
