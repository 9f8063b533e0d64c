"""Many processes: whatever is killed, every client has every acknowledged message once and in order."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.end_to_end.cluster import Cluster, Listener, Writer, everything

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    """Three servers."""
    started = Cluster(tmp_path, 3)
    yield started
    started.close()


class Scene:
    """A chat, those who write in it, those who listen, and what was acknowledged."""

    def __init__(self, cluster: Cluster, writers: list[Writer], listeners: list[Listener], chat: int) -> None:
        self.cluster = cluster
        self.writers = writers
        self.listeners = listeners
        self.chat = chat
        self.acknowledged: list[int] = []
        self._news = asyncio.Condition()

    async def write(self, each: int) -> None:
        """Let every writer post so many messages, one after the other."""

        async def post(writer: Writer) -> None:
            for number in range(each):
                message = await writer.post(f"chats/{self.chat}/messages", {"text": f"{writer.nickname} {number}"})
                async with self._news:
                    self.acknowledged.append(message["seq"])
                    self._news.notify_all()

        await asyncio.gather(*(post(writer) for writer in self.writers))

    async def after(self, messages: int) -> None:
        """Wait until so many messages were acknowledged."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.acknowledged) >= messages)

    async def heard(self, seq: int) -> None:
        """Wait until every listener has the message."""
        await asyncio.gather(*(one.until(lambda heard: seq in heard) for one in self.listeners))

    async def check(self) -> None:
        """Nothing is missing, nothing is there twice, everybody has all of it in order."""
        last = (await self.writers[0].post(f"chats/{self.chat}/messages", {"text": "the end"}))["seq"]
        await self.heard(last)
        stored = await everything(self.writers[0], self.chat)
        assert stored == sorted(set(stored))
        assert sorted([*self.acknowledged, last]) == stored
        for listener in self.listeners:
            assert listener.heard == stored


@asynccontextmanager
async def scene(cluster: Cluster, writers: int, listeners: int) -> AsyncIterator[Scene]:
    """Set the scene: every writer is in the chat, listeners are further clients of theirs."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        people = [Writer(cluster, f"writer{number}", http) for number in range(writers)]
        for person in people:
            await person.register()
        users = [person.nickname for person in people[1:]]
        chat = (await people[0].post("chats", {"name": "Crowd", "users": users}))["id"]
        crowd = [Listener(cluster, people[number % writers].token, f"chat:{chat}", http) for number in range(listeners)]
        made = Scene(cluster, people, crowd, chat)
        first = (await people[0].post(f"chats/{chat}/messages", {"text": "begin"}))["seq"]
        made.acknowledged.append(first)
        await asyncio.gather(*(one.until(lambda heard: first in heard) for one in crowd))
        try:
            yield made
        finally:
            await asyncio.gather(*(one.close() for one in crowd))


async def test_300_clients_lose_nothing_while_servers_are_killed(cluster):
    async with scene(cluster, writers=10, listeners=300) as crowd:
        writing = asyncio.create_task(crowd.write(10))
        for number, victim in zip((20, 50, 80), random.sample(cluster.servers, 3), strict=True):
            await crowd.after(number)
            await asyncio.to_thread(victim.kill)
            await asyncio.to_thread(victim.start)
        await writing
        await crowd.check()
        assert sum(one.returns for one in crowd.listeners) >= 100


async def test_redis_stopped_for_ten_seconds_under_load(cluster):
    async with scene(cluster, writers=4, listeners=20) as crowd:
        writing = asyncio.create_task(crowd.write(30))
        await crowd.after(10)
        await asyncio.to_thread(cluster.redis.kill)
        await asyncio.sleep(10)  # this is what is tested
        assert len(crowd.acknowledged) > 20, "REST goes on without Redis"
        await asyncio.to_thread(cluster.redis.start)
        await writing
        await crowd.check()
        assert all(one.returns == 0 for one in crowd.listeners), "nobody had to reconnect"


async def test_mongodb_killed_and_restarted_under_load(cluster):
    async with scene(cluster, writers=4, listeners=20) as crowd:
        writing = asyncio.create_task(crowd.write(30))
        await crowd.after(30)
        await asyncio.to_thread(cluster.mongodb.kill)
        await asyncio.to_thread(cluster.mongodb.start)
        await writing
        await crowd.check()


async def test_a_server_killed_between_commit_and_push_costs_nobody_a_message(cluster, tmp_path):
    """The writer tries again elsewhere, and the message that nobody was told of reaches everyone, once."""
    async with scene(cluster, writers=2, listeners=6) as crowd:
        dying = cluster.another(tmp_path / "dying", program="tests.end_to_end.dying")
        writer = crowd.writers[0]
        message = {"text": "die here"}
        for _ in range(2):
            dying.start()
            told = await writer.post(f"chats/{crowd.chat}/messages", message, first=dying.url)
            crowd.acknowledged.append(told["seq"])
            assert dying.wait() == -signal.SIGKILL
            await crowd.heard(told["seq"])
        await crowd.check()


async def test_what_a_dead_server_never_pushed_is_found_without_another_message(cluster, tmp_path):
    """Nobody tries again and nobody writes: the others notice that a process died and compare with storage."""
    async with scene(cluster, writers=2, listeners=6) as crowd:
        dying = cluster.another(tmp_path / "dying", program="tests.end_to_end.dying")
        dying.start()
        path = f"{dying.url}chats/{crowd.chat}/messages"
        headers = {"Authorization": f"Bearer {crowd.writers[0].token}"}
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.ClientError):
                await http.post(path, json={"text": "die here"}, headers=headers)
        assert dying.wait() == -signal.SIGKILL
        [seq] = (await everything(crowd.writers[0], crowd.chat))[-1:]
        assert seq not in crowd.acknowledged
        crowd.acknowledged.append(seq)
        await crowd.heard(seq)
        await crowd.check()
