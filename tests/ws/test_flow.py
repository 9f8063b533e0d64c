"""What one connection may send: too much is refused event by event, a flood closes it, and nobody else feels it."""

import asyncio
import dataclasses

import pytest

from chatsrv.errors import Channel, Code
from tests.clients import PATIENCE

REFUSED = Code.TOO_MANY_REQUESTS.message(Channel.WEBSOCKET)["c"]


@pytest.fixture
def config(config):
    return dataclasses.replace(config, rates=dataclasses.replace(config.rates, packets_per_second=1, packets_burst=20))


async def test_too_many_events_are_refused_with_a_code_and_a_flood_is_closed(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    page, other = await browser(lyova), await browser(anna)
    atoms = [(await page.call("nothing"))["global"][0] for _ in range(24)]
    over = [atom for atom in atoms if atom["c"] == REFUSED]
    assert 3 <= len(over) <= 6
    assert atoms[-len(over) :] == over
    assert all(atom["d"] >= 1 for atom in over)
    for _ in range(20):
        await page.sio.emit("nothing")
    await asyncio.wait_for(page.gone.wait(), PATIENCE)
    assert "global" not in await other.call("resume", {"streams": {}})


async def test_a_flood_over_a_websocket_has_a_close_code(serve_talk):
    talk = await serve_talk(packets_per_second=1, packets_burst=20)
    wire = await talk.enter()
    await wire.send(*["6"] * 60)
    assert await wire.closed() == 4429
    assert (await talk.lost())[1] == "server disconnect"
    assert talk.eio.closed["flood"] == 1


async def test_a_flood_by_polling_ends_the_session_in_the_middle(serve_talk):
    talk = await serve_talk(packets_per_second=1, packets_burst=20)
    polls = await talk.polls()
    await polls.post("40")
    await polls.post("\x1e".join(['42["x"]'] * 60))
    await talk.forgotten()
    assert len(talk.heard) == 39


async def test_a_burst_within_bounds_is_handled_whole(serve_talk):
    talk = await serve_talk(packets_per_second=1, packets_burst=60)
    polls = await talk.polls()
    await polls.post("40")
    assert (await polls.post("\x1e".join(['42["x"]'] * 59)))[0] == 200
    assert len(talk.heard) == 59
