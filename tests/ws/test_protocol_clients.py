"""The official Socket.IO client, over every transport."""

import asyncio

import pytest

from ws.packets import event

TRANSPORTS = ["websocket", "polling", "polling+websocket"]


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_twenty_events_at_once_are_all_acknowledged_in_order(talk, script, transports):
    assert await script("acks", talk.url, transports) == list(range(20))


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_a_large_event_arrives_whole(serve_talk, script, transports):
    talk = await serve_talk(packet_bytes=1_000_000, buffer_bytes=4_000_000)
    assert await script("large", talk.url, transports) == 350_000


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_events_that_stream_in_during_the_upgrade_arrive_once_and_in_order(talk, script, transports):
    streams: set[asyncio.Task[None]] = set()

    async def stream(sid: str) -> None:
        socket = talk.server.socket(sid)
        for number in range(400):
            socket.write(event("tick", b"%d" % number))
            await asyncio.sleep(0.0005)

    async def begin(sid: str) -> None:
        streams.add(asyncio.create_task(stream(sid)))

    talk.server.on("stream", begin)
    end = await script("ordered", talk.url, transports)
    assert end == {"numbers": list(range(400)), "transport": transports.split("+")[-1]}


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_a_reserved_name_closes_its_sender(talk, script, transports):
    reasons = await script("reserved", talk.url, transports)
    assert len(reasons) == 6
    assert set(reasons) <= {"transport close", "transport error"}
    assert not talk.heard
    assert len(talk.joined) == 6
    assert {await talk.lost() for _ in range(6)} == {(sid, "server disconnect") for sid in talk.joined}
    await talk.forgotten()


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_buffers_go_and_come_back(talk, script, transports):
    assert await script("binary", talk.url, transports) == [[1, 2, 3], [4]]
