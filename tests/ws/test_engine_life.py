"""Engine.IO, life and death: pings, time limits, and no ghost after any end."""

import asyncio
import socket
import struct
import time

import pytest

from tests.within import within

BRIEF = {"ping_interval": 0.3, "ping_timeout": 0.2}


async def test_a_polling_client_is_pinged_as_long_as_it_answers(serve_echo):
    client = await (await serve_echo(**BRIEF)).polls()
    for _ in range(3):
        assert await client.get() == (200, "2")
        assert await client.post("3") == (200, "ok")


async def test_a_websocket_client_is_pinged_as_long_as_it_answers(serve_echo):
    wire = await (await serve_echo(**BRIEF)).wire()
    for _ in range(3):
        assert await wire.next() == "2"
        await wire.send("3")


async def test_a_polling_client_that_is_silent_is_gone_exactly_after_its_time(serve_echo):
    echo = await serve_echo(**BRIEF)
    client = await echo.polls()
    async with within(0.7):
        await asyncio.sleep(BRIEF["ping_interval"] + BRIEF["ping_timeout"])
        assert (await client.get())[0] == 400
    assert await echo.lost() == (client.sid, "ping timeout")


async def test_a_poll_that_hangs_when_the_time_is_over_is_answered(serve_echo):
    echo = await serve_echo(**BRIEF)
    client = await echo.polls()
    assert await client.get() == (200, "2")
    assert await client.get() == (200, "1")
    assert not echo.eio.sockets


async def test_a_websocket_client_that_is_silent_is_closed_exactly_after_its_time(serve_echo):
    echo = await serve_echo(**BRIEF)
    wire = await echo.wire()
    begun = time.monotonic()
    async with within(0.8):
        assert await wire.closed() == 1000
    assert time.monotonic() - begun > 0.4
    assert (await echo.lost())[1] == "ping timeout"


async def test_setting_the_clock_forward_cuts_nobody(serve_echo, monkeypatch):
    echo = await serve_echo(**BRIEF)
    wire = await echo.wire()
    assert await wire.next() == "2"
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    await wire.send("3", "4hello")
    assert await wire.next() == "4hello"
    assert await wire.next() == "2"


async def test_a_polling_client_that_closes_is_answered_noop(echo):
    client = await echo.polls()
    poll = asyncio.create_task(client.get())
    await echo.hanging(client)
    assert await client.post("1") == (200, "ok")
    assert await poll == (200, "6")
    assert (await client.get())[0] == 400
    assert await echo.lost() == (client.sid, "client disconnect")


async def test_a_websocket_client_that_closes_is_closed(echo):
    wire = await echo.wire()
    await wire.send("1")
    assert await wire.closed() == 1000
    await echo.forgotten()
    assert (await echo.lost())[1] == "client disconnect"


async def test_a_rejected_websocket_gets_the_code_after_what_was_written(echo):
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    await echo.eio.send(session.sid, "last")
    session.reject(4001, "session ended")
    assert not echo.eio.sockets
    assert await wire.next() == "4last"
    assert await wire.closed() == 4001
    assert await echo.lost() == (session.sid, "server disconnect")


async def test_a_rejected_poll_is_answered_with_what_was_written_and_the_end(echo):
    client = await echo.polls()
    poll = asyncio.create_task(client.get())
    await echo.hanging(client)
    await echo.eio.send(client.sid, "last")
    echo.eio.sockets[client.sid].reject(4001, "session ended")
    assert await poll == (200, "4last\x1e1")
    assert (await client.get())[0] == 400


async def test_a_session_ends_once(echo):
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    for code in (4001, 4002):
        session.reject(code, "ended")
    await session.close()
    assert await wire.closed() == 4001
    assert await echo.lost()
    await echo.eio.drain()
    assert echo.gone.empty()


@pytest.mark.parametrize("way", ["reset", "half"])
async def test_a_connection_that_breaks_leaves_no_ghost(serve_echo, way):
    echo = await serve_echo(**BRIEF)
    wire = await echo.wire()
    if way == "reset":
        wire.ws.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.transport.abort()
    else:
        wire.transport.write_eof()
    await echo.forgotten()
    assert await echo.lost()
    assert echo.gone.empty()


async def test_writing_to_the_dead_is_harmless(echo):
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    await wire.ws.close()
    await echo.forgotten()
    await echo.eio.send(session.sid, "nobody hears")
    await session.drain()
    assert session.buffered == 0


async def test_draining_tells_everyone_to_come_back_and_lets_nobody_in(echo):
    wire, client = await echo.wire(), await echo.polls()
    poll = asyncio.create_task(client.get())
    await echo.hanging(client)
    drained = asyncio.create_task(echo.eio.drain())
    assert await wire.closed() == 1012
    assert await poll == (200, "1")
    async with within(3):
        await drained
    assert {(await echo.lost())[1] for _ in range(2)} == {"server disconnect"}
    assert (await echo.knock(EIO="4", transport="polling"))[0] == 503
