"""Webhooks of a server in a process of its own: killed, it leaves nothing out; over TLS it trusts nobody unknown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.end_to_end.processes import ServerProcess
from tests.end_to_end.test_process import register
from tests.receivers import CERTIFICATE, Receiver


@pytest.fixture
async def receivers():
    started: list[Receiver] = []

    async def start(**options) -> Receiver:
        one = Receiver(**options)
        started.append(one)
        await one.start()
        return one

    yield start
    for one in started:
        await one.stop()


@pytest.fixture
def process(tmp_path):
    started: list[ServerProcess] = []

    def start(receiver, **settings) -> ServerProcess:
        settings |= {"allowed_private": f"127.0.0.1:{receiver.port}", "timeout_seconds": "1"}
        one = ServerProcess(tmp_path, **{f"webhooks_{name}": value for name, value in settings.items()})
        started.append(one)
        one.start()
        return one

    yield start
    for one in started:
        one.stop()


class Account:
    """Somebody at a server of a process of its own."""

    def __init__(self, http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> None:
        self._http = http
        self._url = url
        self._headers = headers

    async def ok(self, path: str, body: Any = None) -> Any:
        async with self._http.post(f"{self._url}{path}", json=body or {}, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            return await response.json()


@asynccontextmanager
async def account_at(server: ServerProcess) -> AsyncIterator[Account]:
    async with aiohttp.ClientSession() as http:
        yield Account(http, server.url, await register(http, server.url, "lyova"))


async def test_a_killed_server_delivers_afterwards_what_it_had_not(process, receivers):
    receiver = await receivers()
    server = process(receiver, plain_http="yes")
    died = asyncio.Event()

    async def never(_):
        await died.wait()
        return web.Response()

    receiver.answer = never
    async with account_at(server) as lyova:
        chat = (await lyova.ok("chats", {"name": "x"}))["id"]
        await lyova.ok(f"chats/{chat}/webhooks", {"url": receiver.url(), "events": ["message.new"]})
        for number in range(50):
            await lyova.ok(f"chats/{chat}/messages", {"text": str(number)})
        under_way = await receiver.next()
    await asyncio.to_thread(server.kill)
    receiver.answer = None
    died.set()
    await asyncio.to_thread(server.start)
    again = [await receiver.next() for _ in range(50)]
    assert again[0].id == under_way.id
    assert [one.body["data"]["text"] for one in again] == [str(number) for number in range(50)]


@pytest.mark.parametrize("trusted", [True, False])
async def test_over_tls_only_a_receiver_that_proves_its_name_is_called(process, receivers, monkeypatch, trusted):
    receiver = await receivers(tls=True)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with account_at(process(receiver)) as lyova:
        hook = await lyova.ok("notifications/webhooks", {"url": receiver.url()})
        made = await lyova.ok(f"webhooks/{hook['id']}/ping")
    assert (made["code"], made["reason"]) == ((200, "") if trusted else (0, "certificate"))
    assert len(receiver.requests) == trusted
