"""The server as a process: how it starts, how it stops, and what it keeps when it is killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp
import pytest
import socketio

from tests.clients import PASSWORD, PATIENCE


class Process:
    """A chatsrv process on a free port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = ""
        self.process: asyncio.subprocess.Process

    async def start(self, **environ: str) -> "Process":
        """Start it and wait until it says that it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chatsrv", "serve"),
            env=os.environ | {"CHATSRV_DATA": str(self.data), "CHATSRV_PORT": "0"} | environ,
            stdout=asyncio.subprocess.PIPE,
        )
        line = (await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)).decode()
        assert line.startswith("chatsrv is ready: open http://127.0.0.1:")
        self.url = line.split()[4].rstrip("/")
        return self

    async def stop(self, number: signal.Signals) -> int:
        """Send the signal and return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@pytest.fixture
async def process(tmp_path):
    one = Process(tmp_path / "data")
    yield await one.start()
    await one.stop(signal.SIGKILL)


async def register(http: aiohttp.ClientSession, url: str, nickname: str) -> dict[str, str]:
    body = {"nickname": nickname, "email": f"{nickname}@example.org", "password": PASSWORD}
    async with http.post(f"{url}/user/register", json=body) as response:
        return {"Authorization": f"Bearer {(await response.json())['token']}"}


async def test_what_was_answered_is_there_after_a_kill_and_tokens_still_work(process):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, process.url, "lyova")
        async with http.post(f"{process.url}/chats", json={"name": "x"}, headers=headers) as response:
            chat = (await response.json())["id"]
        answered: list[int] = []
        enough = asyncio.Event()

        async def write(number: int) -> None:
            path = f"{process.url}/chats/{chat}/messages"
            try:
                while True:
                    async with http.post(path, json={"text": str(number)}, headers=headers) as response:
                        if response.status == 200:
                            answered.append((await response.json())["id"])
                            if len(answered) >= 300:
                                enough.set()
            except aiohttp.ClientError:
                return

        writers = [asyncio.create_task(write(number)) for number in range(8)]
        await asyncio.wait_for(enough.wait(), PATIENCE)
        await process.stop(signal.SIGKILL)
        await asyncio.gather(*writers)
        await process.start()
        kept: list[int] = []
        path = f"/chats/{chat}/messages"
        while path:
            async with http.get(process.url + path, headers=headers) as response:
                kept += [message["id"] for message in await response.json()]
                path = response.links["next"]["url"].path_qs if "next" in response.links else ""
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))


async def test_sigterm_finishes_requests_tells_sockets_to_come_back_and_exits_0(process):
    async with aiohttp.ClientSession() as http:
        headers = await register(http, process.url, "lyova")
        client = socketio.AsyncClient(reconnection=False)
        gone = asyncio.Event()
        client.on("disconnect", lambda *_: gone.set())
        await client.connect(process.url, auth={"token": headers["Authorization"].split()[1]}, transports=["websocket"])
        # Hashing a password takes long enough for the signal to arrive in the middle.
        body = {"email": "lyova", "password": PASSWORD}
        slow = asyncio.create_task(http.post(f"{process.url}/user/login", json=body))
        await asyncio.sleep(0)
        async with http.get(f"{process.url}/health") as response:
            assert response.status == 200
        process.process.send_signal(signal.SIGTERM)
        async with await asyncio.wait_for(slow, PATIENCE) as response:
            assert response.status == 200
        await asyncio.wait_for(gone.wait(), PATIENCE)
        await client.disconnect()
    assert await asyncio.wait_for(process.process.wait(), PATIENCE) == 0


async def test_a_second_server_on_the_same_data_is_refused_with_a_sentence(process):
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatsrv", "serve"),
        env=os.environ | {"CHATSRV_DATA": str(process.data), "CHATSRV_PORT": "0"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(second.communicate(), PATIENCE)
    assert second.returncode == 2
    assert b"in use by another process" in said
    assert b"Traceback" not in said


async def test_the_generated_secret_is_its_owners_alone(process):
    assert (process.data / "secret").stat().st_mode & 0o777 == 0o600
