"""Valid traffic with something wrong in it: the server answers everybody else, keeps nothing, and nothing crashed."""

import asyncio
import contextlib
import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ws.framed import BINARY, PONG, TEXT, close, frame, shaken
from tests.ws.raw import SEPARATOR, nothing_left, until

MEMORY_KIB = 64 * 1024
BOUNDED = settings(
    max_examples=80, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
DEEP = 4000
TRAFFIC: list[str | bytes] = [
    "40",
    '420["hello",{"a":[1,2,{"b":null}]}]',
    '451-1["bytes",{"_placeholder":true,"num":0}]',
    b"\x00\x01\x02attached",
    '452-2["two",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
    b"first",
    b"second",
    "40/custom,",
    '42/custom,3["there"]',
    "3",
    "431[]",
    '42["привет","' + "x" * 300 + '"]',
]
WRONG = st.sampled_from(
    [
        "45" + "9" * 18 + '-["bytes",{"_placeholder":true,"num":0}]',
        '4511-["bytes"]',
        '45-1-["bytes"]',
        '450-["bytes",{"_placeholder":true,"num":0}]',
        '451-["bytes",{"_placeholder":true,"num":' + "9" * 30 + "}]",
        '42["deep",' + "[" * DEEP + "]" * DEEP + "]",
        '42["deep",' + '{"a":' * DEEP + "1" + "}" * DEEP + "]",
        "42" + "[" * DEEP,
        '42["number",' + "9" * 5000 + "]",
        '42["nan",NaN,Infinity,1e999]',
        '42["half","\\ud800"]',
        "42" + "9" * 400 + '["id"]',
        "41",
        "44{}",
        "49[]",
        '42["\\u0000"]',
    ]
)
PLACE = st.integers(0, 10_000)
WAYS = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "double", "swap", "drop", "wrong"]), PLACE, PLACE, WRONG), max_size=5
)


def mutated(messages, ways):
    """Return the messages with these things done to them."""
    done = list(messages)
    for way, place, other, wrong in ways:
        at, to = place % max(1, len(done)), other % max(1, len(done))
        if way == "wrong" or not done:
            done.insert(at, wrong)
        elif way == "double":
            done.insert(to, done[at])
        elif way == "swap":
            done[at], done[to] = done[to], done[at]
        elif way == "drop":
            del done[at]
        elif way == "cut":
            done[at] = done[at][: other % (len(done[at]) + 1)]
        else:
            done[at] = flipped(done[at], other)
    return done


def flipped(message, bit):
    """Return the message with one bit of it turned; a text stays one."""
    raw = bytearray(message.encode() if isinstance(message, str) else message)
    if raw:
        raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return raw.decode(errors="replace") if isinstance(message, str) else bytes(raw)


def broken(stream, ways):
    """Return the bytes of frames with these things done to them, wherever the frames begin."""
    done = bytearray(stream)
    for way, place, other, _ in ways:
        at, to = place % (len(done) + 1), other % (len(done) + 1)
        at, to = sorted((at, to))
        if way == "flip" and at < len(done):
            done[at] ^= 1 << other % 8
        elif way == "cut":
            del done[at:]
        elif way == "double":
            done[at:at] = done[at:to]
        elif way in ("drop", "swap"):
            del done[at : min(to, at + 20)]
        elif way == "wrong":
            done[at:at] = b"\x81\xff" + other.to_bytes(8, "big")
    return bytes(done)


async def by_websocket(talk, ways):
    wire = await talk.wire()
    with contextlib.suppress(ConnectionError):
        await wire.send(*mutated(TRAFFIC, ways))
    await wire.ws.close()


async def by_polling(talk, ways):
    client = await talk.polls()
    texts = [one if isinstance(one, str) else "bAAEC" for one in mutated(TRAFFIC, ways)]
    for payload in (SEPARATOR.join(texts[:6]), SEPARATOR.join(texts[6:]), "1"):
        await client.post(payload.encode(errors="replace"))


async def by_frames(talk, ways):
    messages = [one.encode() if isinstance(one, str) else one for one in TRAFFIC]
    kinds = [TEXT if isinstance(one, str) else BINARY for one in TRAFFIC]
    stream = b"".join(frame(kind, one) for kind, one in zip(kinds, messages, strict=True)) + frame(PONG) + close(1000)
    async with shaken(talk) as (reader, writer):
        writer.write(broken(stream, ways))
        if writer.can_write_eof():
            writer.write_eof()
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                await reader.read()


@pytest.mark.parametrize("attempt", [by_websocket, by_polling, by_frames])
async def test_mutated_traffic_hurts_nobody_and_leaves_nothing(talk, caplog, attempt):
    loop = asyncio.get_running_loop()
    neighbour = await talk.enter()

    @BOUNDED
    @given(ways=WAYS)
    def attack(ways):
        asyncio.run_coroutine_threadsafe(attempt(talk, ways), loop).result(20)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await asyncio.to_thread(attack)
    await neighbour.send('421["still here"]')
    assert await neighbour.next() == "431[]"
    await neighbour.ws.close()
    assert {name for name, _ in talk.heard} >= {"hello", "bytes", "two", "there"}
    await talk.forgotten()
    await until(lambda: nothing_left(talk))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KIB
    assert not [record.getMessage() for record in caplog.records if record.name != "asyncio"]
