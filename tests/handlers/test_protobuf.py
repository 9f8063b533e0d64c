"""Protocol Buffers beside JSON: by Content-Type and Accept, on every route, errors too (school seed)."""

import subprocess
import sys

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from chatsrv.cli import main
from chatsrv.schemas import proto
from chatsrv.schemas.base import Flag, Many, Number, Shape, Text
from handlers.protobuf import CONTENT_TYPE, Messages
from tests.both_ways import plain

BOTH = {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE}


@pytest.fixture
def messages():
    return Messages(proto.source())


async def ask(person, messages, method, path, body=None, *, sent="Value", got, status=200, headers=None):
    """Ask in Protocol Buffers and return the answer's value."""
    data = messages.write(sent, body) if isinstance(body, dict) else body
    reply = await person.ask(method, path, data=data, headers=BOTH | (headers or {}))
    assert reply.headers["Content-Type"] == CONTENT_TYPE
    assert reply.status == status, messages.read("Faults", reply.body)
    return messages.read(got, reply.body)


async def test_what_is_written_one_way_is_read_the_other(person, messages):
    lyova, anna = await person("lyova"), await person("anna")
    new = {"name": "Писатели", "users": ["anna"]}
    chat = (await ask(lyova, messages, "POST", "/chats", new, sent="NewChat", got="ChatDetails"))["id"]
    path = f"/chats/{chat}/messages"
    said = await ask(lyova, messages, "POST", path, {"text": "hello 🎉"}, sent="NewMessage", got="Message")
    assert plain((await anna.read(path))[0]) == said | {"voted": False}
    await anna.say(chat, "answer", parent_id=said["id"])
    page = await ask(lyova, messages, "GET", path, got="MessageList")
    assert page == plain(await lyova.read(path))
    assert [message["text"] for message in page] == ["answer", "hello 🎉"]
    edited = await ask(
        *(lyova, messages, "POST", f"/message/{said['id']}/edit", {"text": "hi"}),
        sent="MessageEdit",
        got="MessageDetails",
    )
    assert (edited["text"], edited["parent_id"], edited["author"]["nickname"]) == ("hi", 0, "lyova")
    found = await ask(lyova, messages, "GET", "/search?q=hi", got="FoundList")
    assert found[0]["thing"]["id"] == said["id"]
    assert found[0]["highlights"] == {"text": [[0, 2]]}


async def test_an_empty_list_and_an_empty_answer(person, messages):
    lyova = await person("lyova")
    assert await ask(lyova, messages, "GET", "/chats/page/9", got="ChatSummaryList") == []
    chat = await lyova.chat()
    assert await ask(lyova, messages, "POST", f"/chats/{chat}/mute", got=proto.VALUE) == {}


async def test_absent_and_empty_stay_two_things(person, messages):
    lyova = await person("lyova")
    await lyova.ok("/user/edit", {"name": "Lev", "bio": "writer"})
    mine = await ask(lyova, messages, "POST", "/user/edit", {"bio": ""}, sent="AccountEdit", got="Me")
    assert (mine["name"], mine["bio"]) == ("Lev", "")


async def test_errors_have_their_codes(person, messages):
    lyova = await person("lyova")
    json = await lyova.post("/chats", {})
    said = await ask(lyova, messages, "POST", "/chats", {}, sent="NewChat", got="Faults", status=400)
    assert said == plain(json.body)
    assert said["fields"]["name"][0]["c"] == json.body["fields"]["name"][0]["c"]
    unknown = await ask(lyova, messages, "GET", "/no/such/thing", got="Faults", status=404)
    assert unknown == plain((await lyova.get("/no/such/thing")).body)
    too_long = {"name": "x" * 101}
    [fault] = (await ask(lyova, messages, "POST", "/chats", too_long, sent="NewChat", got="Faults", status=400))[
        "fields"
    ]["name"]
    assert fault["d"] == 100


@pytest.mark.parametrize(
    "body", [b"\xff\xff\xff", b"\x0a\x02\xff\xfe", b'{"name": "json"}', b"\x0a\xff\xff\xff\xff\x0f"]
)
async def test_bytes_that_are_no_message_get_a_code_and_change_nothing(person, messages, body):
    lyova = await person("lyova")
    said = await ask(lyova, messages, "POST", "/chats", body, got="Faults", status=400)
    assert said["global"][0]["t"] == "The body is not a valid Protocol Buffers message"
    assert await lyova.read("/chats/page/1") == []


async def test_each_direction_is_asked_for_by_its_own_header(person, messages):
    lyova = await person("lyova")
    body = messages.write("NewChat", {"name": "x"})
    reply = await lyova.ask("POST", "/chats", data=body, headers={"Content-Type": CONTENT_TYPE})
    assert reply.body["name"] == "x"
    reply = await lyova.ask("POST", "/chats", json={"name": "y"}, headers={"Accept": CONTENT_TYPE})
    assert messages.read("ChatDetails", reply.body)["name"] == "y"


async def test_the_dialects_say_it_too(person, messages):
    lyova = await person("lyova")
    await lyova.ok("/articles/new", {"title": "t", "text": "x"})
    page = await ask(lyova, messages, "GET", "/articles", got="ArticlePage")
    assert (page["articles"][0]["author.username"], page["next"]) == ("lyova", False)
    refused = await ask(lyova, messages, "GET", "/articles/1", got="Faults", status=404)
    assert refused["error"]


def test_the_file_is_what_the_schemas_say(capsys):
    assert main(["proto"]) == 0
    assert capsys.readouterr().out == proto.source(), "run: chatsrv proto > new, and put it in the file's place"


def test_the_compiler_reads_the_file_as_we_do(tmp_path):
    compiler = [sys.executable, "-W", "ignore", "-m", "grpc_tools.protoc"]
    (tmp_path / proto.NAME).write_text(proto.source())
    subprocess.run([*compiler, f"-I{tmp_path}", f"--descriptor_set_out={tmp_path}/set", proto.NAME], check=True)
    [file] = FileDescriptorSet.FromString((tmp_path / "set").read_bytes()).file
    assert file == proto.file_descriptor(proto.source())


class _OneShape(Shape):
    kept = Text()
    gone = Flag()


class _TwoShape(Shape):
    new = Many(Number(), longest=3)
    kept = Text()


def test_a_number_stays_with_its_field_and_is_never_used_again():
    _TwoShape.__name__ = _OneShape.__name__
    first = proto.write([_OneShape], [], "")
    second = proto.write([_TwoShape], [], first)
    assert 'optional string kept = 1 [json_name = "kept"];' in second
    assert "reserved 2;" in second
    assert 'repeated int64 new = 3 [json_name = "new"];' in second
    assert proto.write([_TwoShape], [], second) == second
    third = proto.write([_OneShape], [], second)
    assert 'optional bool gone = 4 [json_name = "gone"];' in third
