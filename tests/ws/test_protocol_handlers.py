"""Socket.IO, handlers: one client's events in order, nobody waits for another, no ghost of whoever goes meanwhile."""

import asyncio
import contextlib

from tests.within import within
from tests.ws.raw import nothing_left


async def test_events_of_one_client_are_handled_in_order_while_others_go_on(talk):
    slow, quick = await talk.enter(), await talk.enter()
    await slow.send('421["wait"]', '422["after"]')
    await talk.waiting.wait()
    await quick.send('427["hello"]')
    assert await quick.next() == "437[]"
    assert [name for name, _ in talk.heard] == ["wait", "hello"]
    talk.gate.set()
    assert [await slow.next(), await slow.next()] == ["431[]", "432[]"]
    assert [name for name, _ in talk.heard] == ["wait", "hello", "after"]


async def test_a_client_that_sends_faster_than_it_is_handled_is_held_back(talk):
    wire = await talk.enter()
    await wire.send('42["wait"]')
    await talk.waiting.wait()
    tasks = len(asyncio.all_tasks())
    sent = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while sent < 100_000:
                await wire.send('42["flood","' + "x" * 1000 + '"]')
                sent += 1
    assert sent < 100_000
    assert len(asyncio.all_tasks()) <= tasks
    assert len(talk.heard) == 1


async def test_a_client_is_not_timed_out_while_it_waits_for_our_handler(serve_talk):
    talk = await serve_talk(ping_interval=0.1, ping_timeout=0.1)
    wire = await talk.enter()
    await wire.send('421["wait"]')
    assert await wire.next() == "2"
    await wire.send("3")
    await asyncio.sleep(0.5)
    talk.gate.set()
    assert await wire.next() == "431[]"
    assert talk.gone.empty()


async def test_a_client_that_breaks_off_during_its_handler_is_gone_within_a_second(talk):
    wire = await talk.enter()
    await wire.send('421["wait"]')
    await talk.waiting.wait()
    wire.transport.abort()
    async with within(1):
        assert await talk.lost() == (talk.joined[0], "transport close")
    assert nothing_left(talk)
    talk.gate.set()


async def test_a_client_that_breaks_off_while_it_is_let_in_leaves_no_ghost(talk):
    wire = await talk.wire()
    await wire.send('40{"wait":true}')
    await talk.waiting.wait()
    wire.transport.abort()
    await talk.forgotten()
    talk.gate.set()
    assert await talk.lost() == (talk.joined[0], "transport close")
    assert nothing_left(talk)
    assert talk.gone.empty()


async def test_every_namespace_hears_of_the_end_once(talk):
    wire = await talk.enter()
    await wire.send("40/custom,")
    await wire.next()
    wire.transport.abort()
    assert {(await talk.lost())[0], (await talk.lost())[0]} == set(talk.joined)
    assert talk.gone.empty()
    assert nothing_left(talk)


async def test_the_address_hook_decides_what_handlers_see(serve_talk):
    talk = await serve_talk()
    talk.eio._address = lambda request: request.headers["X-Real-IP"]
    async with talk.http.ws_connect(
        talk.path, params={"EIO": "4", "transport": "websocket"}, headers={"X-Real-IP": "192.0.2.7"}
    ) as ws:
        await ws.send_str("40")
        await ws.receive()
        await ws.receive()
        assert talk.environ["REMOTE_ADDR"] == "192.0.2.7"
