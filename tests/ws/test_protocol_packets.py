"""Socket.IO, packets: what an honest client sends works, what no honest client sends closes its connection."""

import base64

import pytest

from tests.ws.raw import nothing_left
from ws.strict import RESERVED


async def test_a_client_joins_the_main_namespace(talk):
    wire = await talk.wire()
    await wire.send('40{"token":"123"}')
    assert await wire.next() == f'40{{"sid":"{talk.joined[0]}"}}'
    assert talk.server.socket(talk.joined[0]) is not None
    assert talk.environ["REMOTE_ADDR"] == "127.0.0.1"


async def test_a_client_joins_another_namespace(talk):
    wire = await talk.enter()
    await wire.send("40/custom,")
    assert (await wire.next()).startswith('40/custom,{"sid":')
    await wire.send("41/custom,", '421["hello"]')
    assert await wire.next() == "431[]"


async def test_an_unknown_namespace_is_refused_and_the_connection_stays(talk):
    wire = await talk.enter()
    await wire.send("40/random", '421["hello"]')
    assert await wire.next() == '44/random,{"message":"Invalid namespace"}'
    assert await wire.next() == "431[]"


@pytest.mark.parametrize(
    ("auth", "message"),
    [('{"refuse":true}', "Connection refused by server"), ('{"crash":true}', "Connection rejected by server")],
)
async def test_a_handler_that_refuses_or_crashes_refuses_the_connection(talk, auth, message, caplog):
    wire = await talk.wire()
    await wire.send("40" + auth)
    assert await wire.next() == f'44{{"message":"{message}"}}'
    assert not talk.server.manager.rooms
    await wire.send("40")
    assert (await wire.next()).startswith("40{")
    assert ("on purpose" in caplog.text) is ("crash" in auth)


async def test_an_event_is_acknowledged_with_what_its_handler_returns(talk):
    wire = await talk.enter()
    await wire.send('42456["message",1,"2",{"3":[false]}]')
    assert await wire.next() == '43456[1,"2",{"3":[false]}]'


async def test_binary_arguments_arrive_and_come_back(talk):
    wire = await talk.enter()
    await wire.send('452-789["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"\1\2\3", b"")
    assert await wire.next() == '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    assert [await wire.next(), await wire.next()] == [b"\1\2\3", b""]


async def test_an_event_may_be_named_by_a_number(talk):
    wire = await talk.enter()
    await wire.send('420[7,"x"]')
    assert await wire.next() == '430["x"]'
    assert talk.heard == [("7", ("x",))]


async def test_a_handler_that_crashes_costs_the_client_nothing_but_its_answer(talk, caplog):
    wire = await talk.enter()
    await wire.send('421["crash"]', '422["hello"]')
    assert await wire.next() == "432[]"
    assert "on purpose" in caplog.text


async def test_a_client_leaves_and_comes_back_on_the_same_connection(talk):
    wire = await talk.enter()
    await wire.send("41")
    assert await talk.lost() == (talk.joined[0], "client disconnect")
    await wire.send("40")
    assert (await wire.next()).startswith("40{")
    assert len(talk.joined) == 2


@pytest.mark.parametrize("event", sorted(RESERVED))
@pytest.mark.parametrize("form", ['42["{}"]', '421["{}",{{}}]', '451-["{}",{{"_placeholder":true,"num":0}}]'])
async def test_a_reserved_name_closes_the_connection_and_calls_nothing(talk, event, form):
    wire = await talk.enter()
    await wire.send(form.format(event))
    assert await wire.closed() == 1002
    assert (len(talk.joined), talk.heard) == (1, [])
    assert await talk.lost() == (talk.joined[0], "server disconnect")
    assert talk.gone.empty()


MALFORMED = [
    ["4abc"], ["4"], ["4²"], ["47"], ["42"], ["42{}"], ["42[]"], ["42[null]"], ["42[true]"], ['42{"0":"message"}'],
    ['42abc["message"]'], ['42["message"'], ["42" + "9" * 101 + '["message"]'], ["421" + "[" * 50_000],
    ["42" + "[" * 900 + '"deep"' + "]" * 900],
    ["43[]"], ["431{}"], ["43"], ["44"], ['44{"message":"x"}'], ['41{"a":1}'], ["40"], ["40[]"], ['40"x"'],
    ['42/custom,["message"]'],
    ['45["message"]'], ['450-["message"]'], ['4511-["message"]'], ['4599999999999-["message"]'], ['421-["message"]'],
    ['451-["message",{"_placeholder":true,"num":0}]', "4text"],
    ['451-["message",{"_placeholder":true,"num":0}]', '42["message"]'],
    ['451-["message",{"_placeholder":true,"num":1}]', b"x"],
    ['451-["message",{"_placeholder":true,"num":-1}]', b"x"],
    ['451-["message",{"_placeholder":true,"num":"0"}]', b"x"],
    ['451-["message",{"_placeholder":true,"num":true}]', b"x"],
    ['451-["message",{"_placeholder":true,"num":null}]', b"x"],
    ['452-["message"]', b"x" * 60_000, b"x" * 60_000],
    [b"not announced"], [b"2"],
    ['42["message",NaN]'], ['42["message",-Infinity]'], ['42["message",{"a":1,"a":2}]'],
]  # fmt: skip


@pytest.mark.parametrize("messages", MALFORMED, ids=lambda messages: repr(messages)[:60])
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_malformed_packet_ends_the_session_and_leaves_nothing(talk, messages, transport, caplog):
    if transport == "websocket":
        wire = await talk.enter()
        await wire.send(*messages)
        assert await wire.closed() == 1002
    else:
        client = await talk.polls()
        await client.post("40")
        await client.packets(1)
        for message in messages:
            await client.post(message if isinstance(message, str) else b"b" + base64.b64encode(message))
        assert (await client.get())[0] == 400
    await talk.forgotten()
    assert await talk.lost() == (talk.joined[0], "server disconnect")
    assert talk.gone.empty()
    assert not talk.heard
    assert nothing_left(talk)
    assert not caplog.records


@pytest.mark.parametrize("message", ['42["message"]', '421["message"]', "431[]", '451-["message"]'])
async def test_whoever_has_not_joined_may_say_nothing(talk, message):
    wire = await talk.wire()
    await wire.send(message)
    if message != "431[]":
        assert await wire.closed() == 1002
    assert not talk.heard


@pytest.mark.parametrize("number", [0, 1, 10**30])
async def test_an_acknowledgement_that_nobody_waits_for_is_ignored(talk, number):
    wire = await talk.enter()
    await talk.server.emit("asked", to=talk.joined[0], callback=lambda *answer: talk.heard.append(("answer", answer)))
    assert await wire.next() == '421["asked"]'
    await wire.send(f'43{number}["x"]', '429["hello"]')
    assert await wire.next() == "439[]"
    assert [name for name, _ in talk.heard if name == "answer"] == ["answer"] * (number == 1)


async def test_an_event_that_a_proxy_repeats_is_handled_once(talk):
    wire = await talk.enter()
    await wire.send('421["hello"]', '421["hello"]', '422["hello"]')
    assert [await wire.next() for _ in range(2)] == ["431[]", "432[]"]
    assert len(talk.heard) == 2


async def test_a_connection_that_never_joins_is_closed(serve_talk):
    talk = await serve_talk(handshake_seconds=0.2)
    wire, client = await talk.wire(), await talk.polls()
    assert await wire.closed() == 4408
    await talk.forgotten()
    assert (await client.get())[0] == 400
    assert nothing_left(talk)


async def test_a_connection_that_joined_only_an_unknown_namespace_is_closed(serve_talk):
    talk = await serve_talk(handshake_seconds=0.2)
    wire = await talk.wire()
    await wire.send("40/random")
    assert await wire.closed() == 4408


async def test_a_connection_that_joined_stays(serve_talk):
    talk = await serve_talk(handshake_seconds=0.1, ping_interval=0.3)
    wire = await talk.enter()
    assert await wire.next() == "2"


async def test_a_client_that_asked_in_time_is_not_closed_because_the_server_takes_its_time(serve_talk):
    talk = await serve_talk(handshake_seconds=0.1)
    wire = await talk.wire()
    await wire.send('40{"wait":true}')
    await talk.waiting.wait()
    late = await talk.wire()
    assert await late.closed() == 4408
    talk.gate.set()
    assert (await wire.next()).startswith("40{")


async def test_a_client_that_was_refused_is_closed_when_its_time_is_over(serve_talk):
    talk = await serve_talk(handshake_seconds=0.2)
    wire = await talk.wire()
    await wire.send('40{"refuse":true}')
    assert (await wire.next()).startswith("44")
    assert await wire.closed() == 4408
    await talk.forgotten()
    assert nothing_left(talk)


async def test_what_clients_send_is_not_logged(talk, caplog):
    caplog.set_level(0)
    wire = await talk.enter()
    await wire.send(r'42["x\nERROR forged"]', "40/x\nERROR forged", r'421["hello"]')
    while await wire.next() != "431[]":
        pass
    await wire.send("4x\nERROR forged")
    await wire.closed()
    assert "forged" not in caplog.text
