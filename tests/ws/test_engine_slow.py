"""Engine.IO, slow clients: bounded, closed with a reason, and no burden for the others."""

import asyncio
import contextlib
import logging

import uvloop
from aiohttp import web

from tests.ws.raw import Echo, limits, start, until
from ws.engine_server import EngineServer
from ws.packets import event, packet
from ws.protocol import remote_address

BUFFER = 50_000
EVENT = event("message.new", b'"' + b"x" * 10_000 + b'"')


async def test_a_websocket_client_that_does_not_read_is_closed_and_its_memory_freed(serve_echo):
    echo = await serve_echo(buffer_bytes=BUFFER)
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    wire.transport.pause_reading()
    most = await flood(session)
    assert most <= BUFFER + EVENT.size
    await echo.forgotten()
    await until(lambda: session.buffered == 0, seconds=2)
    assert await echo.lost() == (session.sid, "server disconnect")


async def test_a_slow_client_that_reads_on_learns_why(serve_echo):
    echo = await serve_echo(buffer_bytes=BUFFER)
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    wire.transport.pause_reading()
    await flood(session)
    wire.transport.resume_reading()
    assert await wire.closed() == 4008


async def test_a_polling_client_that_does_not_poll_is_bounded(serve_echo):
    echo = await serve_echo(buffer_bytes=BUFFER)
    client = await echo.polls()
    session = echo.eio.sockets[client.sid]
    most = await flood(session)
    assert most <= BUFFER
    assert session.buffered == 0
    assert (await client.get())[0] == 400
    assert await echo.lost() == (client.sid, "server disconnect")


async def test_whoever_drains_may_write_any_amount_to_a_client_that_reads(serve_echo):
    echo = await serve_echo(buffer_bytes=BUFFER)
    wire, client = await echo.wire(), await echo.polls()
    for session in list(echo.eio.sockets.values()):
        reading = asyncio.create_task(read_all(wire) if session.upgraded else poll_all(client))
        for number in range(200):
            session.write(packet(f"4{number} {'x' * 10_000}"))
            await session.drain()
        async with asyncio.timeout(5):
            assert await reading == list(range(200))


async def test_the_packets_of_one_tick_are_one_write_in_order(echo):
    wire = await echo.wire()
    (session,) = echo.eio.sockets.values()
    for number in range(100):
        session.write(packet(f"4{number}"))
    await echo.eio.send(session.sid, "last")
    assert session.buffered > 0
    assert [await wire.next() for _ in range(101)] == [f"4{number}" for number in range(100)] + ["4last"]


async def test_a_client_that_sends_and_never_reads_does_not_fill_the_memory(serve_echo, caplog):
    caplog.set_level(logging.WARNING)
    echo = await serve_echo(buffer_bytes=BUFFER)
    wire = await echo.wire()
    wire.transport.pause_reading()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(5):
            while echo.eio.sockets:
                await wire.send("4" + "x" * 50_000)
    await echo.forgotten()
    assert not caplog.records


def test_what_is_written_to_one_who_has_gone_costs_the_others_nothing():
    uvloop.run(gone_beside_others())


async def gone_beside_others() -> None:
    """Write to one whose connection breaks while its handler runs, and to another, on the loop that serves."""
    app = web.Application()
    eio = EngineServer(limits(), remote_address)
    eio.attach(app)
    runner, url = await start(app)
    echo, handling, gate = Echo(url, eio), asyncio.Event(), asyncio.Event()

    async def wait(sid: str, message: str) -> None:
        handling.set()
        await gate.wait()

    eio.on("message", wait)
    going, staying = await echo.wire(), await echo.wire()
    gone, other = eio.sockets.values()
    await going.send("4hello")
    await handling.wait()
    going.transport.abort()
    written = 0
    while not gone.closed:
        for session in (gone, other):
            session.write(packet(f"4{written}"))
        written += 1
        await asyncio.sleep(0.001)
    assert [await staying.next() for _ in range(written)] == [f"4{number}" for number in range(written)]
    gate.set()
    await echo.http.close()
    await eio.drain()
    await runner.cleanup()


async def flood(session) -> int:
    """Write until the session has ended; return the most that waited after a tick."""
    most = 0
    async with asyncio.timeout(5):
        while not session.closed:
            session.write(EVENT)
            await asyncio.sleep(0)
            most = max(most, session.buffered)
    return most


async def read_all(wire) -> list[int]:
    return [int((await wire.next())[1:].split()[0]) for _ in range(200)]


async def poll_all(client) -> list[int]:
    return [int(text[1:].split()[0]) for text in await client.packets(200)]
