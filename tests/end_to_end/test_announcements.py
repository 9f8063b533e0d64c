"""An announcement to many, killed in the middle: whoever goes on tells everybody, and nobody twice."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import socketio

from chatsrv.app import create_app
from chatsrv.config import load
from chatsrv.security import Role
from chatsrv.services import COLLECTIONS, KINDS
from chatsrv.services.notifications import NOTIFICATION
from chatsrv.services.people import PEOPLE, new_person
from chatsrv.services.rooms import user_stream
from handlers.asking import EDGE
from tests.end_to_end.processes import PATIENCE, ServerProcess

READERS = range(1, 2001)


@asynccontextmanager
async def at_rest(folder: Path):
    """The services of a server that does not run."""
    services = create_app(load(None, {"CHATSRV_DATA": str(folder / "data")}))[EDGE].services
    await services.storage.open(COLLECTIONS, KINDS)
    yield services
    await services.storage.close()


@pytest.fixture
def server_at_rest(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    yield server
    server.stop()


async def test_a_killed_announcement_is_finished_and_tells_nobody_twice(server_at_rest, tmp_path):
    async with at_rest(tmp_path) as services:
        teacher = await services.accounts.register("judge", "Secret-word-1", role=Role.TEACHER)
        people = [new_person(id, f"reader{id}", 1_700_000_000_000, role=Role.STUDENT) for id in READERS]
        await asyncio.gather(*(services.storage.insert(PEOPLE.name, one) for one in people))
        tokens = [(await services.sessions.open(id)).token for id in (READERS[0], READERS[-1])]
    first, last = ({"Authorization": f"Bearer {token}"} for token in tokens)
    async with aiohttp.ClientSession() as http:

        async def unread(headers: dict[str, str]) -> int:
            async with http.get(f"{server_at_rest.url}notifications/unread", headers=headers) as response:
                return int((await response.json())["unread"])

        await asyncio.to_thread(server_at_rest.start)
        headers = {"Authorization": f"Bearer {teacher.grant.token}"}
        async with http.post(f"{server_at_rest.url}events", json={"name": "Prom"}, headers=headers) as response:
            assert response.status == 200
        async with asyncio.timeout(PATIENCE):
            while not await unread(first):
                pass
        assert not await unread(last)
        await asyncio.to_thread(server_at_rest.kill)
        await asyncio.to_thread(server_at_rest.start)
        page, arrived = socketio.AsyncClient(), asyncio.Event()
        page.on("notification.new", lambda body: arrived.set())
        await page.connect(server_at_rest.url, auth={"token": tokens[1]}, transports=["websocket"])
        if not await unread(last):
            await asyncio.wait_for(arrived.wait(), PATIENCE)
        await page.disconnect()
    await asyncio.to_thread(server_at_rest.stop)
    async with at_rest(tmp_path) as services:
        for id in READERS:
            assert await services.storage.tally(user_stream(id), NOTIFICATION) == 1
