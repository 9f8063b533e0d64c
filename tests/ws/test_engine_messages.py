"""Engine.IO, messages: what is sent arrives whole, in order and once; what is malformed ends the session."""

import asyncio

import pytest

from tests.ws.raw import SEPARATOR, until


@pytest.mark.parametrize(
    "payload",
    ["4hello", "4test1\x1e4test2\x1e4test3", "4hello\x1ebAQIDBA==", '4{"a":1}', "4привет", "4" + "x" * 99_000],
)
async def test_a_payload_is_answered_ok_and_comes_back(echo, payload):
    client = await echo.polls()
    assert await client.post(payload.encode()) == (200, "ok")
    assert await client.get() == (200, payload)


async def test_many_packets_in_one_payload_all_arrive(echo):
    client = await echo.polls()
    sent = [f"4{number}" for number in range(1000)]
    assert await client.post(SEPARATOR.join(sent)) == (200, "ok")
    assert await client.packets(1000) == sent


async def test_a_poll_brings_no_more_packets_than_every_client_takes(echo):
    client = await echo.polls()
    await client.post(SEPARATOR.join(f"4{number}" for number in range(40)))
    brought = [(await client.get())[1].split(SEPARATOR) for _ in range(3)]
    assert [len(packets) for packets in brought] == [16, 16, 8]
    assert [one for packets in brought for one in packets] == [f"4{number}" for number in range(40)]


async def test_a_chunked_payload_arrives_whole(echo):
    client = await echo.polls()

    async def chunks():
        for piece in (b"4he", b"llo\x1e", b"4again"):
            yield piece
            await asyncio.sleep(0.01)

    assert await client.post(chunks()) == (200, "ok")
    assert await client.packets(2) == ["4hello", "4again"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_payload_that_is_too_large_is_refused_and_ends_the_session(serve_echo, chunked):
    echo = await serve_echo(packet_bytes=1000)

    async def chunks():
        for _ in range(101):
            yield b"4" * 10

    client = await echo.polls()
    assert (await client.post(chunks() if chunked else b"4" * 1010))[0] == 413
    await echo.forgotten()
    assert (await client.get())[0] == 400


@pytest.mark.parametrize("payload", [b"abc", b"", b"4a\x1e", b"7", b"2", b"4\xff\xfe", b"b!", b"d=4hello"])
async def test_a_malformed_payload_is_refused_and_ends_the_session(echo, payload):
    client = await echo.polls()
    assert (await client.post(payload))[0] == 400
    assert (await client.get())[0] == 400
    await echo.forgotten()
    assert (await echo.lost())[1] == "transport error"


async def test_a_second_poll_at_once_ends_the_session(echo):
    client = await echo.polls()
    first = asyncio.create_task(client.get())
    await echo.hanging(client)
    assert (await client.get())[0] == 400
    assert await first == (200, "1")
    assert (await client.get())[0] == 400


async def test_a_second_post_at_once_ends_the_session(echo):
    client = await echo.polls()
    going = asyncio.Event()

    async def slow():
        yield b"4hel"
        going.set()
        await asyncio.sleep(30)

    first = asyncio.create_task(client.post(slow()))
    await going.wait()
    await until(lambda: echo.eio.sockets[client.sid].posting)
    assert (await client.post("4hello"))[0] == 400
    await echo.forgotten()
    first.cancel()


async def test_an_aborted_poll_ends_the_session(echo):
    client = await echo.polls()
    poll = asyncio.create_task(client.get())
    await echo.hanging(client)
    poll.cancel()
    await echo.forgotten()
    assert await echo.lost() == (client.sid, "transport close")
    assert (await client.get())[0] == 400


async def test_a_websocket_echoes_text_and_bytes(echo):
    wire = await echo.wire()
    for message in ("4hello", b"\x01\x02\x03\x04", b"", "4" + "я" * 40_000):
        await wire.send(message)
        assert await wire.next() == message


@pytest.mark.parametrize("message", ["abc", "", "7", "2", "2probe", "bA", "4" + "x" * 100_000])
async def test_a_malformed_message_closes_the_websocket(echo, message):
    wire = await echo.wire()
    await wire.send(message)
    assert await wire.closed() in (1002, 1009)
    await echo.forgotten()
    assert await echo.lost()
    assert echo.gone.empty()


@pytest.mark.parametrize("message", ["0", "5", "6", "3", "3x"])
async def test_packets_that_mean_nothing_here_are_ignored(echo, message):
    wire = await echo.wire()
    await wire.send(message, "4hello")
    assert await wire.next() == "4hello"


async def test_a_message_as_large_as_promised_is_taken(echo):
    wire = await echo.wire()
    largest = "4" + "x" * 99_999
    await wire.send(largest)
    assert await wire.next() == largest
