"""Requests that mean no good: bodies too large, too deep or ambiguous, bytes that hardly come, headers in values."""

import asyncio
import dataclasses
import json
import time
from contextlib import suppress
from urllib.parse import quote, urlsplit

import pytest

from tests.clients import PATIENCE, Person
from tests.end_to_end.processes import ServerProcess

JSON = {"Content-Type": "application/json"}
EVIL = "%0d%0aX-Evil:%201"


@pytest.mark.parametrize(
    ("body", "status", "codes"),
    [
        (b'{"name": "' + b"x" * 262_144 + b'"}', 413, {"TOO_LARGE"}),
        (b"[" * 200_000, 400, {"NOT_JSON"}),
        (b'{"name": ' * 20_000 + b"1" + b"}" * 20_000, 400, {"NOT_JSON"}),
        (b'{"name": ' + b"[" * 1000 + b"]" * 1000 + b"}", 400, {"name:WRONG_TYPE"}),
        (b'{"name": "x", "users": {"0": "lyova"}}', 400, {"users:WRONG_TYPE"}),
        (b'{"name": 1e400}', 400, {"NOT_JSON"}),
        (b'{"name": NaN}', 400, {"NOT_JSON"}),
        (b'{"name": "\\ud800"}', 400, {"NOT_JSON"}),
        (b'{"name": "\xff"}', 400, {"NOT_JSON"}),
        (b'{"name": "x"} {"name": "y"}', 400, {"NOT_JSON"}),
        (b'{"name": "' + b"9" * 100_000 + b'"}', 400, {"name:TOO_LONG"}),
        (b'{"name": ' + b"9" * 100_000 + b"}", 400, {"NOT_JSON"}),
        (b'"name"', 400, {"NOT_AN_OBJECT"}),
    ],
)
async def test_a_body_that_is_too_much_too_deep_or_no_json_has_its_code(person, body, status, codes):
    lyova = await person("lyova")
    begun = time.monotonic()
    reply = await lyova.ask("POST", "/chats", data=body, headers=JSON)
    assert (reply.status, reply.codes) == (status, codes)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "one", "name": "two"}',
        b'{"name": "one", "n\\u0061me": "one"}',
        b'{"name": "one", "users": [], "more": {"deep": [{"a": 1, "a": 1}]}}',
        b'{"name": "a: colon", "users": ["a:b", ":"], "users": []}',
        b'{"name" \t:\n"one", "name":"one"}',
    ],
)
async def test_a_key_that_is_there_twice_is_refused(person, body):
    lyova = await person("lyova")
    reply = await lyova.ask("POST", "/chats", data=body, headers=JSON)
    assert (reply.status, reply.codes) == (400, {"NOT_JSON"})
    assert (await lyova.read("/chats/page/1")) == []


@pytest.mark.parametrize("name", ["at 10:30: a talk", '"a":1,"a":2', "{::}"])
async def test_colons_in_words_are_no_keys(person, name):
    lyova = await person("lyova")
    assert (await lyova.ok("/chats", {"name": name, "users": []}))["name"] == name


async def test_a_nul_is_no_part_of_a_name(person):
    lyova = await person("lyova")
    reply = await lyova.ask("POST", "/chats", data=b'{"name": "a\\u0000b"}', headers=JSON)
    assert (reply.status, reply.codes) == (400, {"name:BAD_CHARACTERS"})


@pytest.mark.parametrize("path", ["/chats", "/oauth/token"])
async def test_a_body_that_hardly_comes_is_not_waited_for(serve, config, path):
    server = await serve(dataclasses.replace(config, limits=dataclasses.replace(config.limits, request_seconds=1)))
    lyova = Person(server, "lyova")
    await lyova.register()
    kind = "application/json" if path == "/chats" else "application/x-www-form-urlencoded"

    async def drops():
        for _ in range(600):
            yield b" "
            await asyncio.sleep(0.1)

    reply = await asyncio.wait_for(lyova.ask("POST", path, data=drops(), headers={"Content-Type": kind}), PATIENCE)
    assert (reply.status, reply.codes) == (400, {"BAD_REQUEST"})
    assert (await lyova.get("/user/me")).status == 200
    await lyova.close()


@pytest.mark.parametrize("head", [b"", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_head_that_hardly_comes_is_not_waited_for(tmp_path, head):
    server = ServerProcess(tmp_path, limits_request_seconds="1")
    await asyncio.to_thread(server.start)
    try:
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(head)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
        # Who asks in time stays, however long they rest before they ask again.
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        for _ in range(2):
            writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).split(b"\r\n")[0][
                -15:
            ] == b"HTTP/1.1 200 OK"
            await asyncio.sleep(2.5)  # longer than is waited for a head: this is what is tested
        writer.close()
    finally:
        assert await asyncio.to_thread(server.stop) == 0


async def test_a_later_head_that_hardly_comes_is_not_waited_for_longer_than_one_may_rest(tmp_path):
    server = ServerProcess(tmp_path, limits_idle_seconds="2")
    await asyncio.to_thread(server.start)
    try:
        address = urlsplit(server.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n{"), PATIENCE)
        begun = time.monotonic()

        async def drip():
            writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            while not writer.is_closing():
                writer.write(b"x")
                await asyncio.sleep(0.1)

        dripping = asyncio.create_task(drip())
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), PATIENCE)
        dripping.cancel()
        assert 1 < time.monotonic() - begun < 5
        writer.close()
    finally:
        assert await asyncio.to_thread(server.stop) == 0


NAMES = [
    "a\r\nX-Evil: 1.txt",
    'a"; filename="b\r\nX-Evil: 1',
    "a\nX-Evil: 1",
    "a\x00b",
    "\u2028X-Evil: 1",
    "я\rX-Evil: 1",
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_name_becomes_no_header(person, name):
    lyova = await person("lyova")
    form = f"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{quote(name)}\r\n\r\nx\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    made = await lyova.ask("POST", "/attachments", data=form.encode(), headers=kind)
    assert made.status in (200, 400)
    if made.status == 200:
        got = await lyova.get(f"/attachments/{made.body['id']}")
        assert (got.status, got.body) == (200, b"x")
        assert "X-Evil" not in got.headers
        assert got.headers["Content-Disposition"].isprintable()


@pytest.mark.parametrize("given", ["a\tb", "a b", "é", "x" * 101, "a;X-Evil: 1", "a,b", "\u2028"])
async def test_a_request_id_that_could_be_more_is_not_given_back(person, given):
    lyova = await person("lyova")
    address = urlsplit(lyova.server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-ID: {given}\r\n\r\n"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert given.encode() not in answer


@pytest.mark.parametrize(
    "uri", ["https://a.example/\r\nX-Evil: 1", "https://a.example/\x00", "javascript:alert(1)", "https:\n//a"]
)
async def test_an_address_to_come_back_to_is_no_header(person, uri):
    lyova = await person("lyova")
    reply = await lyova.post("/oauth/applications", {"name": "x", "redirect_uris": [uri]})
    assert reply.status == 400


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/user/lyova{EVIL}/details", {}),
        (f"/chats/page/1?before=5{EVIL}", {}),
        (f"/chats/page/2{EVIL}", {}),
        (f"/search?q=x{EVIL}&kind=message", {}),
        (f"/nowhere{EVIL}", {"Origin": "https://evil.example\tX-Evil: 1"}),
    ],
)
async def test_nothing_that_is_asked_becomes_a_header_or_a_line_of_the_answer(person, path, headers):
    lyova = await person("lyova")
    address = urlsplit(lyova.server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    lines = {"Host": "x", "Authorization": f"Bearer {lyova.token}", "Connection": "close"} | headers
    writer.write(f"GET {path} HTTP/1.1\r\n".encode())
    writer.write("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"x-evil")]
    assert json.loads(body) is not None


@pytest.mark.parametrize(
    "head",
    [
        b"POST /chats HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST /chats HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /chats HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\nX-B\x00: b\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    ],
)
async def test_a_head_of_two_meanings_is_refused(server, head):
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(head)
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert answer.count(b"HTTP/1.") == 1
