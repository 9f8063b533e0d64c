"""``/metrics`` of several workers on one port: whichever is asked tells of all."""

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.cluster import Cluster, Writer
from tests.end_to_end.processes import ServerProcess

WORKERS = 2


@pytest.fixture
def server(tmp_path) -> Iterator[tuple[Cluster, ServerProcess]]:
    """A server of two workers."""
    cluster = Cluster(tmp_path, 0)
    [one] = cluster.servers = [cluster.another(tmp_path / "workers", "--workers", str(WORKERS))]
    one.start()
    yield cluster, one
    cluster.close()


async def scraped(url: str) -> dict[str, dict[str, float]]:
    """Read the numbers over a connection of its own: name, then worker."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}metrics") as answer:
        assert answer.status == 200
        text = await answer.text()
    found: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name][sample.labels["worker"]] += sample.value
    return {name: dict(of) for name, of in found.items()}


async def test_a_scrape_is_no_lottery(server):
    cluster, process = server
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        chat = (await writer.post("chats", {"name": "Workers"}))["id"]
        before = await scraped(process.url)
        # Each over a connection of its own, so that the kernel deals them out to both workers.
        for number in range(24):
            await writer.post(f"chats/{chat}/messages", {"text": str(number)})
        seen = [await scraped(process.url) for _ in range(6)]
    for numbers in seen:
        assert set(numbers["chatsrv_worker_up"]) == {"0", "1"}
        published = "chatsrv_events_published_total"
        assert sum(numbers[published].values()) - sum(before[published].values()) == 24
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(pids[0]), signal.SIGSTOP)
    try:
        async with asyncio.timeout(60):
            while True:
                try:
                    numbers = await asyncio.wait_for(scraped(process.url), 5)
                    break
                except TimeoutError:
                    continue  # the kernel gave the connection to the worker that stands still
    finally:
        os.kill(int(pids[0]), signal.SIGCONT)
    assert sorted(numbers["chatsrv_worker_up"].values()) == [0, 1]
