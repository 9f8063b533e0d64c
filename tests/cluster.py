"""Several servers that share one storage and one Redis, as processes behind a load balancer do.

They live in the test's process. One SQLite file takes one process, so there they share an engine; on MongoDB each has
its own. All that passes between them is on Redis.
"""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chatsrv import app
from chatsrv.config import Config
from storage.base import Storage
from tests.clients import Person, Server
from tests.redis_server import RedisServer

Serve = Callable[[Config], Awaitable[Server]]


class Shared:
    """An engine that several servers open and close, and that is opened and closed once."""

    def __init__(self, engine: Storage) -> None:
        self._engine = engine
        self._users = 0

    async def open(self, *declared: Any) -> None:
        self._users += 1
        if self._users == 1:
            await self._engine.open(*declared)

    async def close(self) -> None:
        self._users -= 1
        if self._users == 0:
            await self._engine.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


class Cluster:
    """Servers on one Redis."""

    def __init__(self, redis: RedisServer, serve: Serve, config: Config) -> None:
        self.redis = redis
        self._serve = serve
        push = dataclasses.replace(config.push, deaf_seconds=2, gone_seconds=2)
        self.config = dataclasses.replace(config, bus=redis.url, push=push)

    async def server(self) -> Server:
        """Start one more."""
        return await self._serve(self.config)


@asynccontextmanager
async def cluster_on(
    folder: Path, serve: Serve, config: Config, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cluster]:
    """Keep a Redis and a storage for as long as the servers need them."""
    shared: list[Shared] = []
    open_engine = app.open_engine

    def open_shared(url: str, **options: Any) -> Any:
        if not url.startswith("sqlite:"):
            return open_engine(url, **options)
        if not shared:
            shared.append(Shared(open_engine(url, **options)))
        return shared[0]

    monkeypatch.setattr(app, "open_engine", open_shared)
    redis = RedisServer(folder)
    redis.start()
    try:
        yield Cluster(redis, serve, config)
    finally:
        redis.close()


@pytest.fixture
async def cluster(
    tmp_path: Path, serve: Serve, config: Config, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cluster]:
    async with cluster_on(tmp_path, serve, config, monkeypatch) as opened:
        yield opened


@pytest.fixture
async def pair(cluster: Cluster, person: Callable[..., Awaitable[Person]]) -> tuple[Person, Person, int]:
    """Two people on two servers, and their chat."""
    lyova = await person("lyova", await cluster.server())
    anna = await person("anna", await cluster.server())
    return lyova, anna, await lyova.chat(anna)
