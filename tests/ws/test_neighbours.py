"""Workers that share a port: wherever a client's requests arrive, its session answers."""

import asyncio
import itertools
import json
from contextlib import suppress

import pytest
from aiohttp import web

from tests.ws.raw import Polls, Talk, limits, start, until
from ws.neighbours import Neighbours
from ws.protocol import SocketServer


@pytest.fixture
async def workers(tmp_path):
    """Two Socket.IO servers that know of each other."""
    started: list[tuple[Talk, web.AppRunner]] = []
    for number in range(2):
        app = web.Application()
        server = SocketServer(limits(), neighbours=Neighbours(number, tmp_path, packet_bytes=100_000))
        server.attach(app)
        runner, url = await start(app)
        await web.UnixSite(runner, str(tmp_path / f"{number}.sock")).start()
        started.append((Talk(url, server), runner))
    yield [talk for talk, _ in started]
    for talk, runner in started:
        talk.gate.set()
        await talk.http.close()
        await talk.server.drain()
        await runner.cleanup()


@pytest.fixture
async def front(workers):
    """One address that deals connections out in turn, as a kernel does among those that share a port."""
    ports = itertools.cycle(int(talk.url.rpartition(":")[2]) for talk in workers)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", next(ports))
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    async with await asyncio.start_server(join, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling+websocket"])
async def test_the_official_client_does_not_notice(front, script, transports):
    assert await script("acks", front, transports) == list(range(20))


@pytest.mark.parametrize("transports", ["polling", "polling+websocket"])
async def test_binary_data_passes_whole(front, script, transports):
    assert await script("binary", front, transports) == [[1, 2, 3], [4]]


async def test_a_session_names_its_worker_and_answers_through_the_other(workers):
    own, other = workers
    polls = Polls(own.http, "/socket.io/")
    await polls.open()
    assert polls.sid.startswith("0~")
    elsewhere = Polls(other.http, "/socket.io/")
    elsewhere.query = dict(polls.query)
    assert await elsewhere.post("40") == (200, "ok")
    assert (await elsewhere.packets(1))[0].startswith("40{")
    assert not other.server.eio.sockets


async def test_a_session_nobody_has_is_unknown_whatever_it_names(workers):
    own, _ = workers
    for sid in ("0~gone", "1~gone", "7~gone", "../1~x", "1000~x", "~", "1"):
        polls = Polls(own.http, "/socket.io/")
        polls.query["sid"] = sid
        status, text = await polls.get()
        assert (status, json.loads(text)) == (400, {"code": 1, "message": "Session ID unknown"})


async def test_a_client_that_goes_while_it_polls_through_the_other_is_noticed(workers):
    own, other = workers
    polls = Polls(own.http, "/socket.io/")
    await polls.open()
    elsewhere = Polls(other.http, "/socket.io/")
    elsewhere.query = dict(polls.query)
    polling = asyncio.create_task(elsewhere.get())
    await until(lambda: own.server.eio.sockets[polls.sid].polling)
    polling.cancel()
    await until(lambda: polls.sid not in own.server.eio.sockets)


async def test_a_websocket_through_the_other_closes_with_the_session(workers):
    own, other = workers
    polls = Polls(own.http, "/socket.io/")
    await polls.open()
    async with other.http.ws_connect(f"/socket.io/?EIO=4&transport=websocket&sid={polls.sid}") as ws:
        await ws.send_str("2probe")
        assert (await ws.receive()).data == "3probe"
        await ws.send_str("5")
        await until(lambda: own.server.eio.sockets[polls.sid].upgraded)
    await until(lambda: not own.server.eio.sockets)
