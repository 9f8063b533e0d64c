"""`deploy/nginx.conf` as it stands, in a real nginx before two servers."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from tests.clients import PATIENCE
from tests.end_to_end.cluster import Cluster, Listener, Writer
from tests.end_to_end.processes import ROOT
from tests.ports import free_port
from tests.uploading import MP4

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configuration(folder: Path, servers: list[str], port: int) -> str:
    """Return our configuration with this machine's addresses and folders in it, and nothing else changed."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for number, server in enumerate(servers, 1):
        text, replaced = re.subn(rf"chatsrv-{number}:9000", server.removeprefix("http://").strip("/"), text)
        assert replaced == 1
    text, replaced = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", text)
    assert replaced == 1
    folders = "".join(f"    {name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    return text.replace("http {\n", "http {\n" + folders, 1)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path, 2)
    yield started
    started.close()


@pytest.fixture
def nginx(cluster: Cluster, tmp_path: Path) -> Iterator[str]:
    """The address of an nginx before the servers."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("no nginx here: install Debian's nginx-light")
    port = free_port()
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, cluster.urls, port))
    options = ["-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "nginx.log")]
    global_options = f"daemon off; pid {tmp_path}/nginx.pid;"
    process = subprocess.Popen([program, *options, "-g", global_options], stdin=subprocess.DEVNULL)
    cluster.front = f"http://127.0.0.1:{port}/"
    yield cluster.front
    process.terminate()
    process.wait(PATIENCE)


async def answered(http: aiohttp.ClientSession, url: str) -> None:
    """Wait until something answers there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with http.get(f"{url}ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling+websocket"])
async def test_the_official_client_talks_through_nginx(cluster, nginx, script, transports):
    async with aiohttp.ClientSession() as http:
        await answered(http, nginx)
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        chat = (await writer.post("chats", {"name": "Proxied"}))["id"]
        witness = Listener(cluster, writer.token, f"chat:{chat}", http)
        running = asyncio.create_task(script("messages", nginx, transports, writer.token))
        await witness.until(lambda heard: len(heard) == 1)
        for text in ("one", "two", "the end"):
            await writer.post(f"chats/{chat}/messages", {"text": text})
        told = await running
        assert [text for _, text in told["heard"]] == ["begin", "one", "two", "the end"]
        assert told["transport"] == transports.split("+")[-1]
        await witness.close()


async def test_when_a_server_dies_the_other_one_answers_and_clients_resume_there(cluster, nginx):
    async with aiohttp.ClientSession() as http:
        await answered(http, nginx)
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        chat = (await writer.post("chats", {"name": "Proxied"}))["id"]
        listener = Listener(cluster, writer.token, f"chat:{chat}", http)
        for server in cluster.servers:
            await asyncio.to_thread(server.kill)
            seq = (await writer.post(f"chats/{chat}/messages", {"text": "on"}))["seq"]
            await listener.until(lambda heard, seq=seq: seq in heard)
            await asyncio.to_thread(server.start)
        assert len(listener.heard) == 2
        assert listener.returns > 0
        await listener.close()


async def test_an_upload_goes_through_nginx_and_is_read_in_ranges_from_the_other_server(cluster, nginx):
    async with aiohttp.ClientSession() as http:
        await answered(http, nginx)
        writer = Writer(cluster, "lyova", http)
        await writer.register()
        headers = {"Authorization": f"Bearer {writer.token}"}
        content = MP4 + bytes(3_000_000)
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(content), filename="clip.mp4")
        async with http.post(f"{nginx}attachments", data=form, headers=headers) as response:
            assert response.status == 200, await response.text()
            file = await response.json()
        for server in (nginx, *cluster.urls):
            asked = headers | {"Range": "bytes=5-2500004"}
            async with http.get(f"{server.rstrip('/')}{file['url']}", headers=asked) as response:
                assert response.status == 206
                assert await response.read() == content[5:2_500_005]
