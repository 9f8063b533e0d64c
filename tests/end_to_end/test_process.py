"""The server as a process: how it starts, how it stops, and what it keeps when it is killed."""

import asyncio
import os
import subprocess
import sys

import aiohttp
import orjson
import socketio

from tests.clients import PASSWORD, PATIENCE
from tests.end_to_end.processes import ROOT


async def register(http: aiohttp.ClientSession, url: str, nickname: str) -> dict[str, str]:
    body = {"nickname": nickname, "email": f"{nickname}@example.org", "password": PASSWORD}
    async with http.post(f"{url}user/register", json=body) as response:
        return {"Authorization": f"Bearer {(await response.json())['token']}"}


async def listen(url: str, headers: dict[str, str]) -> tuple[socketio.AsyncClient, asyncio.Event]:
    """Connect; the event is set when the server has told to come back later."""
    client, gone = socketio.AsyncClient(reconnection=False), asyncio.Event()
    client.on("disconnect", lambda *_: gone.set())
    await client.connect(url, auth={"token": headers["Authorization"].split()[1]}, transports=["websocket"])
    return client, gone


async def test_what_was_answered_is_there_after_a_kill_and_tokens_still_work(server_process):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, server_process.url, "lyova")
        async with http.post(f"{server_process.url}chats", json={"name": "x"}, headers=headers) as response:
            path = f"{server_process.url}chats/{(await response.json())['id']}/messages"
        answered: list[int] = []
        enough = asyncio.Event()

        async def write(number: int) -> None:
            try:
                while True:
                    async with http.post(path, json={"text": str(number)}, headers=headers) as response:
                        if response.status == 200:
                            answered.append((await response.json())["id"])
                    if len(answered) >= 300:
                        enough.set()
            except aiohttp.ClientError:
                return

        # One burst of the rate limit is enough for all of them, so none waits.
        writers = [asyncio.create_task(write(number)) for number in range(8)]
        await asyncio.wait_for(enough.wait(), PATIENCE)
        await asyncio.to_thread(server_process.kill)
        await asyncio.gather(*writers)
        await asyncio.to_thread(server_process.start)
        kept: list[int] = []
        while path:
            async with http.get(path, headers=headers) as response:
                kept += [message["id"] for message in await response.json()]
                path = str(response.links["next"]["url"]) if "next" in response.links else ""
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))


async def test_sigterm_finishes_requests_tells_sockets_to_come_back_and_exits_0(server_process):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, server_process.url, "lyova")
        client, gone = await listen(server_process.url, headers)
        body, sent = orjson.dumps({"email": "lyova", "password": PASSWORD}), asyncio.Event()

        async def login():
            yield body
            sent.set()

        # The server has begun with the request, and hashing takes long enough for the signal to arrive in the middle.
        form = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        slow = asyncio.create_task(
            http.post(f"{server_process.url}user/login", data=login(), headers=form, expect100=True)
        )
        await asyncio.wait_for(sent.wait(), PATIENCE)
        async with http.get(f"{server_process.url}health") as response:
            assert response.status == 200
        stopped = asyncio.create_task(asyncio.to_thread(server_process.stop))
        async with await asyncio.wait_for(slow, PATIENCE) as response:
            assert response.status == 200
        await asyncio.wait_for(gone.wait(), PATIENCE)
        await client.disconnect()
    assert await asyncio.wait_for(stopped, PATIENCE) == 0


async def test_a_body_that_is_on_its_way_at_sigterm_is_read_to_its_end(server_process):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, server_process.url, "lyova")
        client, gone = await listen(server_process.url, headers)
        begun = asyncio.Event()

        async def chat():
            begun.set()  # the server has said that it goes on with the request
            await gone.wait()
            yield b'{"name": "'
            yield b"Writers" + b'"}'

        form = headers | {"Content-Type": "application/json"}
        slow = asyncio.create_task(http.post(f"{server_process.url}chats", data=chat(), headers=form, expect100=True))
        await asyncio.wait_for(begun.wait(), PATIENCE)
        stopped = asyncio.create_task(asyncio.to_thread(server_process.stop))
        async with await asyncio.wait_for(slow, PATIENCE) as response:
            assert (await response.json())["name"] == "Writers"
        await client.disconnect()
    assert await asyncio.wait_for(stopped, PATIENCE) == 0


def test_a_second_server_on_the_same_data_is_refused_with_a_sentence(server_process, tmp_path):
    second = subprocess.run(
        [sys.executable, "-m", "chatsrv", "serve"],
        env=os.environ | {"CHATSRV_DATA": str(tmp_path / "data"), "CHATSRV_PORT": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 2
    assert "in use by another process" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_wrong_setting_is_refused_by_its_name(tmp_path):
    refused = subprocess.run(
        [sys.executable, "-m", "chatsrv", "serve"],
        env=os.environ | {"CHATSRV_DATA": str(tmp_path), "CHATSRV_PORT": "many", "CHATSRV_BUS": "carrier-pigeon://"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert refused.returncode == 2
    assert "port: takes a whole number from 0 to 65535, not 'many'" in refused.stderr
    assert "bus: takes memory://" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_generated_secret_is_its_owners_alone(server_process, tmp_path):
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
