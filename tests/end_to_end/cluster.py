"""Several servers over one MongoDB and one Redis, and a crowd of clients that come back to any of them."""

import asyncio
import random
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from chatsrv.client import Client, Position
from tests.clients import PASSWORD
from tests.end_to_end.processes import ServerProcess
from tests.mongodb import MongoServer
from tests.redis_server import RedisServer

PATIENCE = 300.0
_PAUSE = 0.05


class Cluster:
    """The servers, each a process of its own."""

    def __init__(self, folder: Path, servers: int) -> None:
        self.mongodb = MongoServer(folder)
        self.mongodb.start()
        self.redis = RedisServer(folder)
        self.redis.start()
        self.front = ""
        self.servers = [self.another(folder / str(number)) for number in range(servers)]
        for server in self.servers:  # one after the other: FerretDB 1 fails when two make the same indexes at once
            server.start()

    def another(self, folder: Path, *arguments: str, program: str = "chatsrv") -> ServerProcess:
        """Return one more server, not started."""
        return ServerProcess(
            folder,
            *arguments,
            program=program,
            storage=self.mongodb.url("cluster"),
            bus=self.redis.url,
            secret="a secret of all the servers of a test",
            rates_register_per_hour="100000",
            rates_requests_per_second="100000",
            rates_requests_burst="100000",
            limits_resume_changes="10000",
        )

    @property
    def urls(self) -> list[str]:
        """Where clients go: to the servers, or to what stands in front of them."""
        return [self.front] if self.front else [server.url for server in self.servers]

    def close(self) -> None:
        """End everything, also when one of them does not end well."""
        with ExitStack() as ends:
            ends.callback(self.mongodb.kill)
            ends.callback(self.redis.close)
            for server in self.servers:
                ends.callback(server.stop)


class Writer:
    """Somebody who posts over REST and tries again, at any server, until it is acknowledged."""

    def __init__(self, cluster: Cluster, nickname: str, http: aiohttp.ClientSession) -> None:
        self.cluster = cluster
        self.nickname = nickname
        self.token = ""
        self._http = http
        self._nonces = count()

    async def register(self) -> None:
        """Make the account."""
        body = {"nickname": self.nickname, "email": f"{self.nickname}@example.org", "password": PASSWORD}
        self.token = (await self.post("user/register", body))["token"]

    async def post(self, path: str, body: Any, *, first: str | None = None) -> Any:
        """Return what the first acknowledgement says, however often it takes; ``first`` is asked first."""
        headers = {"Idempotency-Key": f"n{next(self._nonces)}"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with asyncio.timeout(PATIENCE):
            while True:
                url, first = first or random.choice(self.cluster.urls), None
                with suppress(aiohttp.ClientError, TimeoutError):
                    limit = aiohttp.ClientTimeout(total=60)
                    async with self._http.post(f"{url}{path}", json=body, headers=headers, timeout=limit) as response:
                        if response.status == 200:
                            return await response.json()
                        assert response.status in (409, 502, 503), await response.text()
                await asyncio.sleep(_PAUSE)

    async def get(self, path: str, server: int = 0) -> Any:
        """Read from one of the servers."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self._http.get(f"{self.cluster.urls[server]}{path}", headers=headers) as response:
            return await response.json()


class Listener:
    """The Python client, following one stream: it comes back to any server, and resumes.

    Live it must be given each change once and without a hole, though it would mend both.
    """

    def __init__(self, cluster: Cluster, token: str, stream: str, http: aiohttp.ClientSession) -> None:
        self.heard: list[int] = []
        self._stream = stream
        self._news = asyncio.Condition()
        urls = cluster.urls
        self._client = Client(*random.sample(urls, len(urls)), token=token, http=http)
        self._events = self._client.events(Position(None, {stream: 0}))
        self._living = asyncio.create_task(self._live())

    @property
    def returns(self) -> int:
        """How often it has come back."""
        return self._events.connections - 1

    async def until(self, holds: Callable[[list[int]], bool]) -> None:
        """Wait until what was heard satisfies a condition."""
        async with asyncio.timeout(PATIENCE), self._news:
            while not holds(self.heard):
                assert not self._living.done(), self._living
                await self._news.wait()

    async def close(self) -> None:
        """Go for good."""
        self._living.cancel()
        await asyncio.gather(self._living, return_exceptions=True)
        assert (self._events.holes[self._stream], self._events.repeats[self._stream]) == (0, 0)

    async def _live(self) -> None:
        async with self._client:
            async for event in self._events:
                if event.stream == self._stream and event.name in ("message.new", "reset"):
                    assert event.seq is not None, "nothing of it was beyond a replay"
                    async with self._news:
                        self.heard.append(event.seq)
                        self._news.notify_all()


async def everything(writer: Writer, chat: int) -> list[int]:
    """Return the numbers of all messages of the chat, oldest first, as REST pages through them."""
    found: list[dict[str, Any]] = []
    page: list[dict[str, Any]] = await writer.get(f"chats/{chat}/messages/page/1")
    while page:
        found += page
        page = await writer.get(f"chats/{chat}/messages/page/1?before={page[-1]['id']}")
    return [message["seq"] for message in reversed(found)]
