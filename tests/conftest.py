"""Five nouns that every test speaks in: config, storage, server, person, browser."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chatsrv.app import create_app, storage_of
from chatsrv.config import Config, load
from chatsrv.services import COLLECTIONS, KINDS, Services
from chatsrv.services.streams import Event
from handlers.connections import Runner
from storage.base import Storage
from tests.both_ways import BothWays
from tests.clients import Browser, Person, Server
from tests.described import Described, check_acknowledgement, check_event
from ws import wire
from ws.audience import Connection
from ws.events import Events

pytest_plugins = ["tests.no_skips", "tests.mongodb", "tests.redis_server", "tests.official_client", "tests.cluster"]


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """Every default, with its data in a folder of the test's own, rates that a test does not hit by chance, and the
    cheapest hashes of passwords that there are: tests/test_security.py is about what they cost.

    CHATSRV_TEST_STORAGE=mongodb and CHATSRV_TEST_BUS=redis run the tests of behaviour on these: none of them knows.
    """
    settings = {"CHATSRV_DATA": str(tmp_path / "data"), "CHATSRV_PORT": "0"}
    if os.environ.get("CHATSRV_TEST_STORAGE") == "mongodb":
        settings["CHATSRV_STORAGE"] = request.getfixturevalue("mongodb")
    if os.environ.get("CHATSRV_TEST_BUS") == "redis":
        redis = request.getfixturevalue("shared_redis")
        redis.empty()
        settings["CHATSRV_BUS"] = redis.url
    config = load(None, settings)
    rates = dataclasses.replace(
        config.rates,
        register_per_hour=100_000,
        login_per_minute=10_000,
        address_logins_per_minute=100_000,
        account_logins_per_hour=100_000,
        guesses_per_minute=100_000,
        requests_per_second=100_000,
        requests_burst=100_000,
    )
    auth = dataclasses.replace(config.auth, argon2_memory_kib=8, argon2_time=1)
    return dataclasses.replace(config, rates=rates, auth=auth)


@pytest.fixture
async def storage(config: Config) -> AsyncIterator[Storage]:
    """An open engine with the server's own collections."""
    engine = storage_of(config)
    await engine.open(COLLECTIONS, KINDS)
    yield engine
    await engine.close()


@pytest.fixture(autouse=True)
def events_are_as_described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at every event that a server in this process emits or answers; what is wrong is told when the test ends."""
    wrong: list[str] = []
    show, handle = wire.body, Events.handle

    def shown(event: Event) -> dict[str, Any]:
        body = show(event)
        try:
            check_event(event, body)
        except Exception as error:
            wrong.append(f"{event.name}: {error!r}")
        return body

    async def handled(events: Events, connection: Connection, name: str, payload: Any) -> Any:
        answer = await handle(events, connection, name, payload)
        try:
            check_acknowledgement(name, payload, answer)
        except Exception as error:
            wrong.append(f"{name}: {error!r}")
        return answer

    monkeypatch.setattr(wire, "body", shown)
    monkeypatch.setattr(Events, "handle", handled)
    yield
    assert not wrong, "\n".join(wrong)


Serve = Callable[[Config], Awaitable[Server]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start servers by their configuration; each listens on a free port of loopback."""
    runners: list[web.AppRunner] = []
    both_ways, described = BothWays(), Described()

    async def start(config: Config) -> Server:
        app = create_app(config)
        app.on_response_prepare.append(both_ways.check)
        app.on_response_prepare.append(described.check)
        runner = Runner(app, access_log=None)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return Server(f"http://127.0.0.1:{runner.addresses[0][1]}", app, runner)

    yield start
    for runner in runners:
        await runner.cleanup()
    assert not both_ways.different, "\n".join(both_ways.different)
    assert not described.different, "\n".join(described.different)


@pytest.fixture
async def server(serve: Serve, config: Config) -> Server:
    """A real server."""
    return await serve(config)


MakePerson = Callable[..., Awaitable[Person]]


@pytest.fixture
async def person(server: Server) -> AsyncIterator[MakePerson]:
    """Make accounts: ``await person("lyova")`` registers one and returns its client, logged in."""
    people: list[Person] = []

    async def register(nickname: str, at: Server | None = None) -> Person:
        one = Person(at or server, nickname)
        people.append(one)
        await one.register()
        return one

    yield register
    for one in people:
        await one.close()


MakeBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def browser() -> AsyncIterator[MakeBrowser]:
    """Connect Socket.IO clients: ``await browser(person)``."""
    browsers: list[Browser] = []

    async def connect(person: Person, *, transports: tuple[str, ...] = ("websocket",)) -> Browser:
        one = Browser(person)
        browsers.append(one)
        await one.connect(transports)
        return one

    yield connect
    await asyncio.gather(*(one.close() for one in browsers))


@pytest.fixture
def services(server: Server) -> Services:
    """The services of the running server, for what has no face yet."""
    return server.services
