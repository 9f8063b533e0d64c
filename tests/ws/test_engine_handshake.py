"""Engine.IO, the handshake: who gets a session and who is told why not."""

import json
import logging

import aiohttp
import pytest

GREETING = {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}


async def test_a_polling_client_is_greeted(serve_echo):
    echo = await serve_echo(ping_interval=0.3, ping_timeout=0.2, packet_bytes=1_000_000)
    status, text = await echo.knock(EIO="4", transport="polling")
    greeting = json.loads(text[1:])
    assert (status, text[0], set(greeting)) == (200, "0", GREETING)
    assert isinstance(greeting.pop("sid"), str)
    assert greeting == {"upgrades": ["websocket"], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


async def test_a_websocket_client_is_greeted_and_has_nothing_to_upgrade_to(echo):
    wire = await echo.connect()
    text = await wire.next()
    greeting = json.loads(text[1:])
    assert (text[0], set(greeting), greeting["upgrades"]) == ("0", GREETING, [])


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", {"EIO": "4"}, 0),
        ("GET", {"EIO": "4", "transport": "abc"}, 0),
        ("GET", {"EIO": "4", "transport": "polling", "sid": "nobody\nknows"}, 1),
        ("GET", {"EIO": "4", "transport": "websocket", "sid": "nobody"}, 1),
        ("POST", {"EIO": "4", "transport": "polling"}, 2),
        ("PUT", {"EIO": "4", "transport": "polling"}, 2),
        ("DELETE", {"EIO": "4", "transport": "polling"}, 2),
        ("GET", {"EIO": "4", "transport": "websocket"}, 3),
        ("GET", {"EIO": "4", "transport": "polling", "j": "0"}, 3),
        ("GET", {"transport": "polling"}, 5),
        ("GET", {"EIO": "3", "transport": "polling"}, 5),
        ("GET", {"EIO": "abc", "transport": "websocket"}, 5),
    ],
)
async def test_a_wrong_request_is_answered_with_the_code_of_engine_io(echo, method, query, code):
    status, text = await echo.knock(method, **query)
    assert (status, json.loads(text)["code"]) == (400, code)
    assert json.loads(text)["message"]
    assert not echo.eio.sockets


@pytest.mark.parametrize("query", [{"EIO": "abc"}, {"transport": "abc"}, {"sid": "nobody"}])
async def test_a_wrong_websocket_is_not_accepted(echo, query):
    with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
        await echo.connect(**query)


async def test_a_known_session_takes_only_get_and_post(echo):
    client = await echo.polls()
    assert (await client.ask("PUT"))[0] == 400


async def test_a_session_id_from_a_request_is_not_logged(echo, caplog):
    caplog.set_level(logging.DEBUG)
    await echo.knock(EIO="4", transport="polling", sid="x\nERROR forged")
    assert "forged" not in caplog.text


async def test_more_connections_than_allowed_are_refused(serve_echo):
    echo = await serve_echo(connections=2)
    first, _ = await echo.wire(), await echo.polls()
    assert (await echo.knock(EIO="4", transport="polling"))[0] == 503
    with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
        await echo.connect()
    await first.ws.close()
    assert (await echo.knock(EIO="4", transport="polling"))[0] == 200


async def test_pages_of_the_same_and_of_allowed_origins_may_connect_and_no_others(serve_echo):
    echo = await serve_echo(origins=("https://app.example",))
    query = {"EIO": "4", "transport": "polling"}
    for origin in (echo.url, "https://app.example"):
        assert (await echo.knock(headers={"Origin": origin}, **query))[0] == 200
    for origin in ("https://evil.example", "null", "http://[", "https://app.example.evil.example"):
        status, text = await echo.knock(headers={"Origin": origin}, **query)
        assert (status, json.loads(text)["code"]) == (403, 4)
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await echo.http.ws_connect(echo.path, params=query | {"transport": "websocket"}, origin="https://evil.example")


async def test_a_page_of_an_allowed_origin_may_read_the_answers(serve_echo):
    echo = await serve_echo(origins=("https://app.example",))
    for method, status in (("OPTIONS", 204), ("GET", 200)):
        async with echo.http.request(
            method, echo.path, params={"EIO": "4", "transport": "polling"}, headers={"Origin": "https://app.example"}
        ) as answer:
            assert answer.status == status
            assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
            assert answer.headers["Vary"] == "Origin"


async def test_a_star_lets_every_origin_in_but_not_with_credentials(serve_echo):
    echo = await serve_echo(origins=("*",))
    async with echo.http.get(
        echo.path, params={"EIO": "4", "transport": "polling"}, headers={"Origin": "https://any.example"}
    ) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "https://any.example"
        assert "Access-Control-Allow-Credentials" not in answer.headers
