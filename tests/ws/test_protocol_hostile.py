"""Whatever a client sends, the server lives on and keeps nothing of it."""

import asyncio
import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ws.raw import nothing_left, until

_pieces = st.sampled_from(
    ["4", "0", "1", "2", "3", "5", "6", "b", "-", "/", ",", "[", "]", "{", "}", '"', "_placeholder", "num", "true",
     "connect", "message", "\x1e", "\n", "\0", "²", "я", "12", "99999999999", "/custom", "null", ":", "AQI="]
)  # fmt: skip
_forms = st.builds("".join, st.lists(_pieces, max_size=12))
_packets = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["40", "41", "42", "43", "44", "45", "46", "4"]),
    st.sampled_from(["", "1-", "2-", "10-", "11-", "-"]),
    st.sampled_from(["", "/custom,", "/random,", "/"]),
    st.sampled_from(["", "0", "7", "-1", "1e3"]),
    st.sampled_from(["", "[]", '["m"]', '["connect"]', "{}", '["m",{"_placeholder":true,"num":0}]', "[[[]]]", "NaN"]),
)
_messages = st.lists(_forms | _packets | st.binary(max_size=20) | st.text(max_size=20), min_size=1, max_size=6)
_few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def test_no_sequence_of_messages_hurts_the_server(talk, caplog):
    loop = asyncio.get_running_loop()

    @_few
    @given(messages=_messages, joined=st.booleans(), polls=st.booleans())
    def attack(messages, joined, polls):
        attempt = by_polling if polls else by_websocket
        asyncio.run_coroutine_threadsafe(attempt(talk, messages, joined), loop).result(10)

    await asyncio.to_thread(attack)
    await talk.forgotten()
    await until(lambda: nothing_left(talk))
    assert sorted(talk.joined) == sorted(talk.gone.get_nowait()[0] for _ in range(talk.gone.qsize()))
    assert not [record for record in caplog.records if record.name != "asyncio"]
    wire = await talk.enter()
    await wire.send('421["hello"]')
    assert await wire.next() == "431[]"


async def by_websocket(talk, messages, joined) -> None:
    wire = await (talk.enter() if joined else talk.wire())
    with contextlib.suppress(ConnectionError):
        await wire.send(*messages)
    await wire.ws.close()


async def by_polling(talk, messages, joined) -> None:
    client = await talk.polls()
    if joined:
        await client.post("40")
    for message in messages:
        await client.post(message if isinstance(message, bytes) else message.encode())
    await client.post("1")
