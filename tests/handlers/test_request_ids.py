"""The id of a request: in its answer, in its log lines, and in a crash's body."""

import json
import logging
import re
from collections.abc import Callable, Iterator

import pytest

from chatsrv.logs import REQUEST_ID, set_up_logs
from tests.clients import Person

MADE = re.compile(r"[0-9a-f]{16}")


@pytest.fixture
def logged(capsys) -> Iterator[Callable[..., list[str]]]:
    """Write logs as the server does: ``logged(form="json")`` returns how to read their lines."""
    root, requests = logging.getLogger(), logging.getLogger("chatsrv.requests")
    before = (root.handlers[:], root.level, requests.level)

    def start(**options) -> Callable[[], list[str]]:
        set_up_logs("info", **options)
        return lambda: capsys.readouterr().err.splitlines()

    yield start
    root.handlers[:], level, requests_level = before
    root.setLevel(level)
    requests.setLevel(requests_level)


async def name_of(person: Person, path: str, given: str | None) -> str:
    reply = await person.ask("GET", path, headers={"X-Request-ID": given} if given is not None else {})
    assert reply.headers["Server"] == "chatsrv"
    return str(reply.headers["X-Request-ID"])


@pytest.mark.parametrize("path", ["/user/me", "/nowhere", "/health", "/", "/socket.io/?transport=polling&EIO=4"])
async def test_every_answer_names_its_request(person, path):
    lyova = await person("lyova")
    assert await name_of(lyova, path, "my.request_1-a") == "my.request_1-a"
    made = [await name_of(lyova, path, None) for _ in range(2)]
    assert all(map(MADE.fullmatch, made))
    assert made[0] != made[1]


@pytest.mark.parametrize("given", ["", "a b", "a\tb", "x" * 101, "<b>", "é", '"', "%0a", "a;b"])
async def test_a_name_that_could_do_harm_is_not_taken(person, given):
    lyova = await person("lyova")
    assert MADE.fullmatch(await name_of(lyova, "/health", given))


async def test_a_websocket_and_a_file_name_their_request_too(person):
    lyova = await person("lyova")
    async with lyova.http.ws_connect("/socket.io/?transport=websocket&EIO=4") as socket:
        assert MADE.fullmatch(socket._response.headers["X-Request-ID"])
    assert await name_of(lyova, "/web/app.js", "page") == "page"


async def test_a_crash_is_found_in_the_log_by_the_name_that_the_client_was_told(person, services, monkeypatch, logged):
    lyova = await person("lyova")

    async def crash(*_):
        raise RuntimeError("inside\nforged line")

    monkeypatch.setattr(type(services.chats), "details", crash)
    for form in ("text", "json"):
        lines = logged(form=form)
        reply = await lyova.ask("GET", "/chats/5/details", headers={"X-Request-ID": f"find-me-{form}"})
        assert (reply.status, reply.codes) == (500, {"CRASH"})
        assert reply.body["global"][0]["d"] == reply.headers["X-Request-ID"] == f"find-me-{form}"
        [line] = [line for line in lines() if f"find-me-{form}" in line]
        assert "RuntimeError" in line
    told = json.loads(line)
    assert (told["request"], told["level"], told["logger"]) == ("find-me-json", "error", "chatsrv.handlers")
    assert "forged line" in told["exception"]


async def test_requests_are_logged_where_it_is_wanted_without_what_may_be_secret(person, logged):
    lyova = await person("lyova")
    lines = logged(form="json", requests=True)
    await lyova.ask("GET", "/search?q=private%0aforged", headers={"X-Request-ID": "one"})
    lines_of_one = [json.loads(line) for line in lines() if "one" in line]
    [told] = [line for line in lines_of_one if line["logger"] == "chatsrv.requests"]
    assert (told["method"], told["path"], told["status"]) == ("GET", "/search", 200)
    assert told["milliseconds"] > 0
    assert told["request"] == "one"
    assert "private" not in str(told)


async def test_no_line_a_request_by_default_and_no_name_outside_of_one(person, logged):
    lyova = await person("lyova")
    lines = logged()
    await lyova.get("/health")
    assert lines() == []
    assert REQUEST_ID.get() == ""
    logging.getLogger("chatsrv").info("alone")
    assert lines()[0].endswith("INFO chatsrv [-] alone")
