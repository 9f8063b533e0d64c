"""Webhooks when the server is killed: what was said is delivered after it, in order; nothing is left out."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.end_to_end.processes import ServerProcess
from tests.end_to_end.test_process import register
from tests.receivers import Receiver


@pytest.fixture
async def receiver():
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def hooking_process(tmp_path, receiver):
    settings = {"plain_http": "yes", "allowed_private": f"127.0.0.1:{receiver.port}", "timeout_seconds": "1"}
    process = ServerProcess(tmp_path, **{f"webhooks_{name}": value for name, value in settings.items()})
    process.start()
    yield process
    process.stop()


async def test_a_killed_server_delivers_afterwards_what_it_had_not(hooking_process, receiver):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, hooking_process.url, "lyova")

        async def ask(path, body):
            async with http.post(f"{hooking_process.url}{path}", json=body, headers=headers) as response:
                assert response.status == 200, await response.text()
                return await response.json()

        chat = (await ask("chats", {"name": "x"}))["id"]
        await ask(f"chats/{chat}/webhooks", {"url": receiver.url(), "events": ["message.new"]})
        died = asyncio.Event()

        async def never(_):
            await died.wait()
            return web.Response()

        receiver.answer = never
        for number in range(50):
            await ask(f"chats/{chat}/messages", {"text": str(number)})
        under_way = await receiver.next()
        await asyncio.to_thread(hooking_process.kill)
        receiver.answer = None
        died.set()
        await asyncio.to_thread(hooking_process.start)
        again = [await receiver.next() for _ in range(50)]
    assert again[0].id == under_way.id
    assert [one.body["data"]["text"] for one in again] == [str(number) for number in range(50)]
