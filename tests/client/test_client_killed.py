"""A server that is killed and started again, while clients of it listen, send and load: nothing is lost or doubled."""

import asyncio
import hashlib

import pytest

from chatsrv.client import Client, Events, Message
from tests.clients import PASSWORD
from tests.end_to_end.processes import ServerProcess

pytestmark = pytest.mark.timeout(300)
PATIENCE = 60.0


@pytest.fixture
def process(tmp_path):
    """A server of the test's own, that can be killed."""
    server = ServerProcess(tmp_path, rates_messages_per_second="100000", rates_messages_burst="100000")
    server.start()
    yield server
    server.stop()


async def restart(server: ServerProcess) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


class Listening:
    """Takes events until it has heard the last words."""

    def __init__(self, events: Events) -> None:
        self.heard: list[tuple[int, str]] = []
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._listen(events))

    async def reached(self, number: int) -> None:
        """Wait until so many messages were heard."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.heard) >= number)

    async def end(self) -> list[tuple[int, str]]:
        """Return all that was heard."""
        await self._task
        return self.heard

    async def _listen(self, events: Events) -> None:
        async for event in events:
            if isinstance(event.thing, Message) and event.name == "message.new":
                async with self._news:
                    self.heard.append((event.thing.id, event.thing.text))
                    self._news.notify_all()
                if event.thing.text == "the end":
                    return


async def test_a_listener_and_senders_lose_nothing_and_double_nothing(process):
    async with Client(process.url, patience=PATIENCE) as lyova, Client(process.url) as anna, asyncio.timeout(PATIENCE):
        await lyova.register("lyova", PASSWORD, "lev@example.org")
        await anna.register("anna", PASSWORD, "anna@example.org")
        chat = await lyova.chats.create("Writers", ["anna"])
        acknowledged: dict[int, str] = {}

        async def write(name: str) -> None:
            for number in range(20):
                sent = await lyova.messages.send(chat, f"{name} {number}")
                acknowledged[sent.id] = sent.text

        async with anna.events(most=50) as events:
            listening = Listening(events)
            for kill in range(3):
                writing = [asyncio.create_task(write(f"{kill} {name}")) for name in range(6)]
                await listening.reached(120 * kill + 20)
                await restart(process)
                await asyncio.gather(*writing)
            last = await lyova.messages.send(chat, "the end")
            heard = await listening.end()
            assert events.connections >= 4
        assert len(acknowledged) == 360
        assert heard == [(one.id, one.text) async for one in anna.messages.of(chat)][::-1], "once, in order, as stored"
        assert dict(heard) == acknowledged | {last.id: "the end"}


async def test_a_chat_that_one_was_invited_to_while_away_is_told_of(process):
    async with Client(process.url) as lyova, Client(process.url) as anna, asyncio.timeout(PATIENCE):
        await lyova.register("lyova", PASSWORD, "lev@example.org")
        await anna.register("anna", PASSWORD, "anna@example.org")
        async with anna.events() as events:
            kept = events.position
        chat = await lyova.chats.create("Writers", ["anna"])
        await lyova.messages.send(chat, "unheard")
        await restart(process)
        async with anna.events(kept) as events:
            async for event in events:
                if event.name == "reset" and event.stream == chat.stream:
                    break
            assert [one.text async for one in anna.messages.of(chat)] == ["unheard"]


async def test_a_download_goes_on_where_the_server_died(process):
    content = bytes(range(256)) * 100_000
    async with Client(process.url, patience=PATIENCE) as lyova:
        await lyova.register("lyova", PASSWORD, "lev@example.org")
        upload = await lyova.files.upload(content)
        got, had, killed = hashlib.sha256(), 0, False
        async for block in lyova.files.download(upload.id):
            got.update(block)
            had += len(block)
            if not killed:
                killed = True
                await restart(process)
        assert (had, got.hexdigest()) == (len(content), hashlib.sha256(content).hexdigest())
