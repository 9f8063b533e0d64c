"""``chatsrv serve --workers``: processes that share a port."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.cluster import Cluster, Listener, Writer, everything
from tests.end_to_end.processes import ROOT, ServerProcess

WORKERS = 3


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    """Storage and bus, with one server of several workers."""
    started = Cluster(tmp_path, 0)
    started.servers = [started.another(tmp_path / "workers", "--workers", str(WORKERS))]
    started.servers[0].start()
    yield started
    started.close()


def workers(server: ServerProcess) -> set[int]:
    """Return the ids of its workers' processes."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return {int(child) for child in children.split()}


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that nobody announces."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def test_one_process_is_all_that_sqlite_and_memory_allow(tmp_path):
    refused = subprocess.run(
        [sys.executable, "-m", "chatsrv", "serve", "--workers", "2", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {"CHATSRV_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "set storage to mongodb://" in refused.stderr
    assert "set bus to redis://" in refused.stderr


async def test_clients_of_all_workers_hear_each_other_through_kills_and_renewals(cluster):
    [server] = cluster.servers
    before = workers(server)
    assert len(before) == WORKERS
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        chat = (await writer.post("chats", {"name": "Workers"}))["id"]
        listeners = [Listener(cluster, writer.token, f"chat:{chat}", http) for _ in range(15)]
        path = f"chats/{chat}/messages"

        async def everybody_hears(text: str) -> None:
            seq = (await writer.post(path, {"text": text}))["seq"]
            await asyncio.gather(*(one.until(lambda heard: seq in heard) for one in listeners))

        await everybody_hears("one")
        os.kill(min(before), signal.SIGKILL)
        await everybody_hears("two")
        await until(lambda: len(workers(server)) == WORKERS and min(before) not in workers(server))
        os.kill(server.pid, signal.SIGHUP)
        await until(lambda: len(workers(server)) == WORKERS and not workers(server) & before)
        await everybody_hears("three")
        stored = await everything(writer, chat)
        assert len(stored) == 3
        assert all(one.heard == stored for one in listeners)
        await asyncio.gather(*(one.close() for one in listeners))
    assert await asyncio.to_thread(server.stop) == 0


@pytest.mark.parametrize("transports", ["polling", "polling+websocket"])
async def test_the_official_client_may_poll_wherever_its_requests_arrive(cluster, script, transports):
    async with aiohttp.ClientSession() as http:
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        chat = (await writer.post("chats", {"name": "Workers"}))["id"]
        witness = Listener(cluster, writer.token, f"chat:{chat}", http)
        running = asyncio.create_task(script("messages", cluster.urls[0], transports, writer.token))
        await witness.until(lambda heard: len(heard) == 1)
        for text in ("one", "two", "the end"):
            await writer.post(f"chats/{chat}/messages", {"text": text})
        told = await running
        assert [text for _, text in told["heard"]] == ["begin", "one", "two", "the end"]
        assert told["transport"] == transports.split("+")[-1]
        await witness.close()


async def test_workers_end_when_the_one_who_started_them_is_killed(cluster):
    [server] = cluster.servers
    orphans = workers(server)
    await asyncio.to_thread(server.kill)
    await until(lambda: not any(Path(f"/proc/{one}").exists() for one in orphans))
