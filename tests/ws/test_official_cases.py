"""Cases of the official protocol suites that no other test has; docs/testing.md names for each of the 57 its test."""

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest

from tests.within import within


def back(talk, namespace="/"):
    """Have the server say every message back as an event of its own."""

    async def say(sid, *data):
        await talk.server.emit("message-back", data, to=sid, namespace=namespace)

    talk.server.on("message", say, namespace=namespace)


def test_each_of_the_57_cases_names_tests_that_exist():
    here = Path(__file__).parent
    written = (here.parents[1] / "docs/testing.md").read_text()
    cases = re.findall(r"^\| (\d*) +\| (\d*) +\| .+? \| (`test_.+`) \|$", written, re.M)
    assert sorted(int(case[0]) for case in cases if case[0]) == list(range(1, 26))
    assert sorted(int(case[1]) for case in cases if case[1]) == list(range(1, 33))
    known = {name for file in here.glob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())}
    assert set(re.findall(r"test_\w+", " ".join(case[2] for case in cases))) <= known


@pytest.mark.parametrize("query", ["transport=websocket", "EIO=4"])
async def test_a_websocket_that_says_too_little_is_not_accepted(echo, query):
    with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
        await echo.http.ws_connect(f"{echo.path}?{query}")
    assert not echo.eio.sockets


@pytest.mark.parametrize("namespace", ["/", "/custom"])
@pytest.mark.parametrize(("payload", "auth"), [("", None), ('{"token":"123"}', {"token": "123"})])
async def test_who_joins_is_known_by_the_payload_that_it_brings(talk, namespace, payload, auth):
    seen = asyncio.get_running_loop().create_future()

    async def join(sid, environ, auth=None):
        seen.set_result((sid, auth))

    talk.server.on("connect", join, namespace=namespace)
    prefix = "" if namespace == "/" else f"{namespace},"
    wire = await talk.wire()
    await wire.send(f"40{prefix}{payload}")
    sid, brought = await asyncio.wait_for(seen, 5)
    assert await wire.next() == f'40{prefix}{{"sid":"{sid}"}}'
    assert brought == auth
    await talk.server.emit("auth", auth or {}, to=sid, namespace=namespace)
    said = payload or "{}"
    assert await wire.next() == f'42{prefix}["auth",{said}]'


async def test_a_plain_event_is_said_back_as_an_event(talk):
    back(talk)
    wire = await talk.enter()
    await wire.send('42["message",1,"2",{"3":[true]}]')
    assert await wire.next() == '42["message-back",1,"2",{"3":[true]}]'


async def test_a_binary_event_is_said_back_with_its_attachments(talk):
    back(talk)
    wire = await talk.enter()
    await wire.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\1\2\3", b"\4\5\6")
    assert await wire.next() == '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    assert [await wire.next(), await wire.next()] == [b"\1\2\3", b"\4\5\6"]


async def test_who_left_the_main_namespace_hears_nothing_of_it_and_is_pinged_on(serve_talk):
    talk = await serve_talk(ping_interval=0.3)
    wire = await talk.enter()
    await wire.send("41")
    await talk.lost()
    await talk.server.emit("news", {})
    assert await wire.next() == "2"


async def test_who_left_another_namespace_is_still_in_the_main_one(talk):
    back(talk)
    wire = await talk.enter()
    await wire.send("40/custom")
    assert (await wire.next()).startswith("40/custom,")
    await wire.send("41/custom", '42["message","message to main namespace"]')
    assert await wire.next() == '42["message-back","message to main namespace"]'


@pytest.mark.parametrize("last", ["1", "4abc", "42{}", '42abc["message",1]', "abc"])
@pytest.mark.parametrize("joined", [True, False])
async def test_every_forced_close_comes_within_a_second_at_the_pace_of_production(talk, last, joined):
    wire = await (talk.enter() if joined else talk.wire())
    async with within(1):
        await wire.send(last)
        await wire.closed()
    await talk.forgotten()
