"""The examples do what they say, on a real server that is killed on the way."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from chatsrv.client import Client
from tests.clients import PASSWORD
from tests.end_to_end.chromium import CHROMIUM, MODULES, missing
from tests.end_to_end.processes import ROOT, ServerProcess

pytestmark = pytest.mark.timeout(300)
PATIENCE = 30.0
WRITTEN = "http://127.0.0.1:9000"
"""The server's address as the examples have it."""


@pytest.fixture
def origin(unused_tcp_port: int) -> str:
    """Where the example's page will be served from."""
    return f"http://127.0.0.1:{unused_tcp_port}"


@pytest.fixture
def process(tmp_path: Path, origin: str) -> Iterator[ServerProcess]:
    """A server of the test's own, that can be killed, and lets the page use it."""
    server = ServerProcess(tmp_path, cors_origins=origin)
    server.start()
    yield server
    server.stop()


class Line:
    """A program that is told lines and tells some."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def tell(self, line: str) -> None:
        """Write a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def hear(self) -> str:
        """Return its next line."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().strip()

    async def does(self, wish: str) -> None:
        """Tell it what is wanted, and wait until it is done."""
        self.tell(wish)
        assert await self.hear() == f"done: {wish}"

    async def last(self) -> str:
        """Tell it nothing more; return its next line."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return await self.hear()


@asynccontextmanager
async def program(*command: str, cwd: Path, **environment: str) -> AsyncIterator[Line]:
    """Run a program."""
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=os.environ | environment, stdin=pipe, stdout=pipe
    )
    try:
        yield Line(running)
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def restart(server: ServerProcess) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def test_the_bot_answers_whoever_names_it_once_and_what_was_said_while_it_was_off(process, tmp_path):
    async with Client(process.url) as lyova, asyncio.timeout(PATIENCE * 2):
        await lyova.register("lyova", PASSWORD, "lev@example.org")
        made = await lyova.bots.create("echo")
        chat = await lyova.chats.create("Writers", ["echo"])
        answers: list[str] = []
        listening = asyncio.Event()

        async def run_until(events, number: int) -> None:
            """Run the bot until it has given so many answers."""
            command = [sys.executable, str(ROOT / "examples" / "echo_bot.py"), process.url]
            async with program(*command, cwd=tmp_path, CHATSRV_TOKEN=made.token, PYTHONPATH=str(ROOT)) as bot:
                assert await bot.hear() == "echo listens"
                listening.set()
                async for event in events:
                    if event.name == "message.new" and event.thing.author == "echo":
                        answers.append(event.thing.text)
                    if event.name == "message.new" and event.thing.text == "kill":
                        await restart(process)
                    if len(answers) == number:
                        return

        async with lyova.events() as events:
            running = asyncio.create_task(run_until(events, 2))
            await listening.wait()
            await lyova.messages.send(chat, "@echo one")
            await lyova.messages.send(chat, "kill")
            await lyova.messages.send(chat, "two @echo")
            await running
            await lyova.messages.send(chat, "@echo while you were off")
            await run_until(events, 3)
        assert answers == ["You say: one", "You say: two", "You say: while you were off"]
        said = [one.text async for one in lyova.messages.of(chat) if one.author == "echo"]
        assert said[::-1] == answers


@pytest.mark.skipif(bool(missing()), reason=f"there is no {missing()}")
async def test_the_page_shows_a_chat_live_through_a_killed_server(process, origin, tmp_path):
    text = (ROOT / "examples" / "page.html").read_text()
    assert WRITTEN in text
    app = web.Application()
    page = text.replace(WRITTEN, process.url.rstrip("/"))

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app.router.add_get("/page.html", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(origin.rpartition(":")[2])).start()
    try:
        async with Client(process.url) as lyova, Client(process.url) as anna:
            await lyova.register("lyova", PASSWORD, "lev@example.org")
            await anna.register("anna", PASSWORD, "anna@example.org")
            chat = await lyova.chats.create("Writers", ["anna"])
            await lyova.messages.send(chat, "before")
            command = [shutil.which("node") or "node", str(ROOT / "tests" / "examples" / "page.mjs")]
            settings = {"CHATSRV_NODE_MODULES": str(MODULES), "CHATSRV_CHROMIUM": CHROMIUM}
            async with program(*command, f"{origin}/page.html", "anna", PASSWORD, cwd=tmp_path, **settings) as browser:
                await browser.does("see lyova: before")
                edited = await lyova.messages.send(chat, "<b>live</b>")
                await browser.does("see lyova: <b>live</b>")
                await browser.does("say from the page")
                await asyncio.to_thread(process.kill)
                await asyncio.to_thread(process.start)
                await lyova.messages.edit(edited.id, "edited meanwhile")
                await lyova.messages.send(chat, "missed")
                await browser.does("see lyova: missed")
                shown = ["lyova: before", "lyova: edited meanwhile", "anna: from the page", "lyova: missed", ""]
                assert json.loads(await browser.last()) == shown
    finally:
        await runner.cleanup()
