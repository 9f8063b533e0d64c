"""Every path that can fail answers in the form shape, with a code of its own."""

import asyncio
import json
from pathlib import Path

import pytest
from yarl import URL

from chatsrv.errors import Channel, Code, Result
from tests.clients import PATIENCE

GOLDEN = Path(__file__).parent.parent / "error_codes.txt"


def test_codes_are_unique_and_never_change_their_meaning():
    numbers = [code.number for code in Code]
    assert len(set(numbers)) == len(numbers)
    golden = dict(line.split(" ", 1) for line in GOLDEN.read_text().splitlines())
    now = {f"{code.number:#06x}": code.name for code in Code}
    assert golden.items() <= now.items(), "a code was removed or given another meaning"
    assert golden == now, "new codes belong in tests/error_codes.txt"


def test_a_code_has_sixteen_bits_channel_result_topic_subtopic():
    atom = Code.BAD_EMAIL.message(Channel.WEBSOCKET, "x")
    assert atom == {"c": 0b01_10_0010_00000001, "t": "Incorrect email format", "d": "x"}
    assert Code.LOGGED_OUT.number >> 12 == Result.SUCCESS


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "NOT_FOUND"),
        ("GET", "/%00", {}, 404, "NOT_FOUND"),
        ("GET", "/web/../chatsrv/app.py", {}, 404, "NOT_FOUND"),
        ("GET", "/web/%2e%2e/app.py", {}, 404, "NOT_FOUND"),
        ("DELETE", "/user/me", {}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/chats", {"data": b"{"}, 400, "NOT_JSON"),
        ("POST", "/chats", {"data": b'{"name": "\\ud800"}'}, 400, "NOT_JSON"),
        ("POST", "/chats", {"data": b"\xff\xfe"}, 400, "NOT_JSON"),
        ("POST", "/chats", {"data": b"[" * 100_000}, 400, "NOT_JSON"),
        ("POST", "/chats", {"data": b"[]"}, 400, "NOT_AN_OBJECT"),
        ("POST", "/chats", {"data": b"null"}, 400, "NOT_AN_OBJECT"),
        ("POST", "/chats", {"data": b'{"name": "' + b"x" * 300_000 + b'"}'}, 413, "TOO_LARGE"),
        ("POST", "/chats", {"json": {}}, 400, "name:REQUIRED_FIELD"),
        ("POST", "/chats", {"json": {"name": 5}}, 400, "name:WRONG_TYPE"),
        ("POST", "/chats", {"json": {"name": None}}, 400, "name:WRONG_TYPE"),
        ("POST", "/chats", {"json": {"name": "x", "users": "lyova"}}, 400, "users:WRONG_TYPE"),
        ("POST", "/chats", {"json": {"name": "x", "users": [5]}}, 400, "users.0:WRONG_TYPE"),
        ("POST", "/chats", {"json": {"name": "x", "users": ["nobody"]}}, 404, "NO_SUCH_USER"),
        ("GET", "/chats/page/0", {}, 400, "BAD_PAGE"),
        ("GET", "/chats/page/-1", {}, 400, "BAD_PAGE"),
        ("GET", "/chats/page/abc", {}, 400, "BAD_PAGE"),
        ("GET", "/chats/page/1000000000000", {}, 400, "BAD_PAGE"),
        ("GET", "/chats/abc/details", {}, 404, "NO_SUCH_CHAT"),
        ("GET", "/chats/99999999999999999999/details", {}, 404, "NO_SUCH_CHAT"),
        ("GET", "/message/5/details", {}, 404, "NO_SUCH_MESSAGE"),
        ("GET", "/user/nobody/details", {}, 404, "NO_SUCH_USER"),
        ("GET", "/conversations/5", {}, 404, "NO_SUCH_CONVERSATION"),
    ],
)
async def test_a_failure_has_its_status_and_code(person, method, path, options, status, code):
    lyova = await person("lyova")
    reply = await lyova.ask(method, path, **options)
    assert (reply.status, reply.codes) == (status, {code})


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \u00e9"])
async def test_without_a_valid_token_nothing_is_given(person, header):
    lyova = await person("lyova")
    lyova.token = ""
    reply = await lyova.ask("GET", "/user/me", headers={"Authorization": header} if header is not None else {})
    assert reply.status == 401
    assert reply.codes <= {"NO_TOKEN", "BAD_TOKEN"}
    assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_a_crash_gives_an_id_and_nothing_of_the_exception(person, services, monkeypatch, caplog):
    lyova = await person("lyova")

    async def crash(*_):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(type(services.chats), "details", crash)
    reply = await lyova.get("/chats/5/details")
    assert (reply.status, reply.codes) == (500, {"CRASH"})
    assert "secret inside" not in str(reply.body)
    assert reply.body["global"][0]["d"] in caplog.text


async def test_too_many_requests_say_when_to_come_back(serve, config):
    import dataclasses

    from tests.clients import Person

    rates = dataclasses.replace(config.rates, login_per_minute=2)
    server = await serve(dataclasses.replace(config, rates=rates))
    lyova = Person(server, "lyova")
    replies = [await lyova.post("/user/login", {"email": "lyova", "password": "x"}) for _ in range(3)]
    await lyova.close()
    assert [reply.status for reply in replies] == [401, 401, 429]
    assert replies[2].codes == {"TOO_MANY_REQUESTS"}
    assert 1 <= int(replies[2].headers["Retry-After"]) <= 30


async def test_every_answer_carries_the_headers_that_keep_browsers_safe(person):
    lyova = await person("lyova")
    for path in ("/", "/user/me", "/nowhere"):
        assert (await lyova.get(path)).headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in (await lyova.get("/")).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/9.9",
        b"nothing of HTTP",
        b"GET /%b HTTP/1.1" % (b"2" * 9000),
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: %b" % (b"x" * 9000),
        b"POST /user/login HTTP/1.1\r\nHost: a\r\nContent-Length: one",
    ],
    ids=["version", "words", "path", "header", "length"],
)
async def test_what_is_no_http_is_refused_with_a_code_and_not_in_the_parsers_words(server, head):
    address = URL(server.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(head + b"\r\n\r\n")
    answered = (await asyncio.wait_for(reader.read(), PATIENCE)).partition(b"\r\n\r\n")
    writer.close()
    assert answered[0].startswith(b"HTTP/1.1 400 ") or answered[0].startswith(b"HTTP/1.0 400 ")
    assert b"Server: chatsrv\r\n" in answered[0]
    assert json.loads(answered[2])["global"] == [Code.BAD_REQUEST.message(Channel.AJAX)]
