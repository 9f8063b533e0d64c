"""Engine.IO, the upgrade: nothing is lost, doubled or disordered on the way from polling to a WebSocket."""

import asyncio

import pytest

from ws.packets import packet


async def test_a_session_upgrades(echo):
    client = await echo.polls()
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    assert await client.get() == (200, "6")
    await wire.send("5", "4hello")
    assert await wire.next() == "4hello"


async def test_the_hanging_poll_ends_when_the_upgrade_begins(echo):
    client = await echo.polls()
    poll = asyncio.create_task(client.get())
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    assert await poll == (200, "6")


async def test_what_is_sent_during_the_upgrade_arrives_once_and_in_order(echo):
    client = await echo.polls()
    wire = await echo.connect(sid=client.sid)
    await client.post("4before")
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    await client.post("4during")
    assert await client.get() == (200, "6")
    await wire.send("5", "4after")
    assert [await wire.next() for _ in range(3)] == ["4before", "4during", "4after"]


@pytest.mark.parametrize("path", ["polls", "connect"])
async def test_after_the_upgrade_the_session_takes_no_other_connection(echo, path):
    client = await echo.polls()
    wire = await upgraded(echo, client)
    if path == "polls":
        assert (await client.get())[0] == 400
        assert (await client.post("4hello"))[0] == 400
    else:
        assert await (await echo.connect(sid=client.sid)).closed() == 1000
    await wire.send("4hello")
    assert await wire.next() == "4hello"


async def test_a_second_websocket_during_the_upgrade_is_closed(echo):
    client = await echo.polls()
    first = await echo.connect(sid=client.sid)
    await first.send("2probe")
    assert await first.next() == "3probe"
    assert await (await echo.connect(sid=client.sid)).closed() == 1000
    await first.send("5", "4hello")
    assert await first.next() == "4hello"


@pytest.mark.parametrize("messages", [["4hello"], ["2"], ["2probe", "4hello"], ["2probe", "6"], []])
async def test_an_upgrade_that_fails_loses_nothing(serve_echo, messages):
    echo = await serve_echo(handshake_seconds=0.3)
    client = await echo.polls()
    wire = await echo.connect(sid=client.sid)
    await wire.send(*messages)
    await client.post("4kept")
    assert await wire.closed() == 1000
    assert await client.get() == (200, "4kept")
    wire = await upgraded(echo, client)
    await wire.send("4hello")
    assert await wire.next() == "4hello"


async def test_a_session_that_ends_during_the_upgrade_says_so_after_it(echo):
    client = await echo.polls()
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    echo.eio.sockets[client.sid].reject(4001, "ended")
    assert await echo.lost() == (client.sid, "server disconnect")
    await wire.send("5")
    assert await wire.closed() == 4001
    assert (await client.get())[0] == 400
    assert echo.gone.empty()


async def test_a_post_whose_handler_waits_for_the_client_to_read_does_not_hold_up_the_upgrade(echo):
    async def write_and_wait(sid, message):
        socket = echo.eio.sockets[sid]
        for number in range(2):
            socket.write(packet(f"4{number} of {message}"))
            await socket.drain()

    echo.eio.on("message", write_and_wait)
    client = await echo.polls()
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    # The official client sends its upgrade only when its posts have been answered.
    assert await client.post("4first") == (200, "ok")
    assert await client.get() == (200, "6")
    await wire.send("5", "4second")
    told = [await wire.next() for _ in range(4)]
    assert told == ["40 of first", "41 of first", "40 of second", "41 of second"]


async def test_a_post_that_waits_already_is_answered_when_the_upgrade_begins(echo):
    going = asyncio.Event()

    async def wait(sid, message):
        going.set()
        socket = echo.eio.sockets[sid]
        socket.write(packet("4one"))
        await socket.drain()
        socket.write(packet("4two"))

    echo.eio.on("message", wait)
    client = await echo.polls()
    posting = asyncio.create_task(client.post("4hello"))
    await going.wait()
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    assert await posting == (200, "ok")
    await wire.send("5")
    assert [await wire.next() for _ in range(2)] == ["4one", "4two"]


async def upgraded(echo, client):
    wire = await echo.connect(sid=client.sid)
    await wire.send("2probe")
    assert await wire.next() == "3probe"
    await wire.send("5")
    return wire
