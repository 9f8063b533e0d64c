"""The documents: valid, complete, and about what is served; that answers and events keep to them holds every test."""

import dataclasses
import dis
import types
from typing import Any, ClassVar

import orjson
import pytest
from jsonschema import Draft7Validator
from marshmallow import fields
from openapi_spec_validator import OpenAPIV31SpecValidator

from chatsrv import __version__
from chatsrv.cli import main
from chatsrv.schemas.base import Choice, Shape, Text
from chatsrv.schemas.described import openapi
from chatsrv.schemas.described.meanings import BY_NAME
from chatsrv.schemas.described.operations import path_of
from chatsrv.schemas.described.promises import BEFORE, IDEMPOTENCY_KEY
from chatsrv.schemas.events import PUSHED, SHAPES
from chatsrv.schemas.live import HEARD
from handlers import all_routes
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes
from tests.clients import Person
from tests.described import ASYNCAPI, OPENAPI, check, document
from tests.end_to_end.chromium import MODULES

ROUTES = all_routes()
SPECIFICATION = MODULES / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"
SCHEMAS = document(OPENAPI)["components"]["schemas"] | document(ASYNCAPI)["components"]["schemas"]


def identity(route: Any) -> str:
    return f"{route.method} {route.path}"


def operation(route: Any) -> Any:
    return document(OPENAPI)["paths"][path_of(route)][route.method.lower()]


def test_the_document_is_openapi():
    assert document(OPENAPI)["openapi"] == "3.1.0"
    assert document(OPENAPI)["info"]["version"] == __version__
    assert [str(error) for error in OpenAPIV31SpecValidator(document(OPENAPI)).iter_errors()] == []


def test_it_has_every_route_and_no_other():
    told = {(method.upper(), path) for path, one in document(OPENAPI)["paths"].items() for method in one}
    assert told == {(route.method, path_of(route)) for route in ROUTES}
    names = [one["operationId"] for path in document(OPENAPI)["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", ROUTES, ids=identity)
def test_a_route_says_what_it_is_and_whom_it_lets_in(route):
    told = operation(route)
    assert told["summary"]
    assert all(one["description"] for one in told.get("parameters", []))
    assert told["tags"] == [route.call.__module__.removeprefix("handlers.")]
    assert (route.access is Access.ANYONE) == ({"bearer": []} not in told["security"] or {} in told["security"])
    asked = route.access is not Access.ANYONE and route.scope is not None
    assert not asked or {"oauth": [route.scope]} in told["security"]


@pytest.mark.parametrize("route", ROUTES, ids=identity)
def test_every_code_that_a_route_declares_stands_there_with_its_sentence(route):
    for code in route.errors:
        told = operation(route)["responses"][str(code.status)]["$ref"].rpartition("/")[2]
        assert f"`{code.name}` ({code.number:#06x}): {code.sentence}" in refusal(told)["description"]


def refusal(name: str) -> Any:
    return document(OPENAPI)["components"]["responses"][name]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_says_what_it_means(name):
    assert SCHEMAS[name]["description"]
    for field, told in SCHEMAS[name].get("properties", {}).items():
        assert told.get("$ref") or told["description"], field


def test_every_meaning_is_that_of_some_field():
    named = {field for schema in SCHEMAS.values() for field in schema.get("properties", {})}
    assert set(BY_NAME) <= named


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_has_a_type_or_may_be_anything(name):
    for field, told in SCHEMAS[name].get("properties", {}).items():
        assert {"type", "$ref", "anyOf"} & told.keys() or field in ("d", "data", "thing", "highlights"), field


def examples() -> Any:
    for path, methods in document(OPENAPI)["paths"].items():
        for method, told in methods.items():
            content = {("requestBody",): told.get("requestBody", {}), ("responses", "200"): told["responses"]["200"]}
            for place, one in content.items():
                if "example" in one.get("content", {}).get("application/json", {}):
                    yield "paths", path, method, *place, "content", "application/json"


@pytest.mark.parametrize("place", list(examples()), ids=" ".join)
def test_an_example_is_what_its_schema_says(place):
    found = document(OPENAPI)
    for one in place:
        found = found[one]
    check(found["example"], OPENAPI, *place, "schema")


def test_examples_of_refusals_are_in_the_form_of_errors():
    for told in document(OPENAPI)["components"]["examples"].values():
        check(told["value"], OPENAPI, "components", "schemas", "Faults")


@pytest.mark.parametrize("name", document(ASYNCAPI)["components"]["messages"])
def test_an_example_of_an_event_is_what_its_schema_says(name):
    [example] = document(ASYNCAPI)["components"]["messages"][name]["examples"]
    check(example["payload"], ASYNCAPI, "components", "messages", name, "payload")


def reads(function: Any, seen: set[Any]) -> set[str]:
    """Return the attributes that a handler, and what it calls in handlers, ask for."""
    if function in seen or not str(getattr(function, "__module__", "")).startswith("handlers."):
        return set()
    seen.add(function)
    names: dict[str, set[str]] = {"LOAD_GLOBAL": set(), "LOAD_ATTR": set(), "LOAD_METHOD": set()}
    for one in dis.get_instructions(function):
        names.get(one.opname, set()).add(one.argval)
    called = [function.__globals__.get(name) for name in names["LOAD_GLOBAL"]]
    return (names["LOAD_ATTR"] | names["LOAD_METHOD"]).union(
        *(reads(one, seen) for one in called if isinstance(one, types.FunctionType))
    )


@pytest.mark.parametrize("route", ROUTES, ids=identity)
def test_a_route_that_reads_its_query_or_a_header_says_so(route):
    used, said = reads(route.call, set()), {(one.place, one.name) for one in route.parameters}
    for name in ("before", "after"):
        assert name not in used or ("query", name) in said
    assert "nonce" not in used or ("header", IDEMPOTENCY_KEY.name) in said
    assert "query" not in used or any(place == "query" for place, _ in said)
    assert "if_none_match" not in used or ("header", "If-None-Match") in said


async def _silent(ask: Ask) -> None:
    pass


async def _vague(ask: Ask) -> Any:
    """Say nothing of the answer."""


async def _clear(ask: Ask) -> None:
    """Do it."""


@pytest.mark.parametrize(
    ("call", "path", "missing"),
    [
        (_silent, "/x", "what it does"),
        (_vague, "/x", "what it answers"),
        (_clear, "/x/{thing}", "what {thing} is"),
    ],
)
def test_a_route_that_says_too_little_is_refused(call, path, missing):
    routes = Routes()
    routes.route("POST", path, access=Access.ANYONE)(call)
    with pytest.raises(TypeError, match=rf"POST .* does not say {missing}"):
        openapi.document(routes.all)


class _Odd(fields.Field[Any]):
    described: ClassVar[dict[str, Any]] = {"type": "string", "pattern": "^odd$"}


class _NumberOrText(fields.Field[Any]):
    described: ClassVar[dict[str, Any]] = {"type": ["integer", "string"]}


class _NullableShape(Shape):
    """What may be null."""

    odd = _Odd(allow_none=True)
    either = _NumberOrText(allow_none=True)
    choice = Choice(("a", "b"), allow_none=True)


def test_what_may_be_null_says_so_whatever_its_type():
    routes = Routes()
    routes.route("POST", "/in", access=Access.ANYONE, body=_NullableShape)(_clear)
    told = openapi.document(routes.all)["components"]["schemas"]["Nullable"]["properties"]
    assert told["odd"]["type"] == ["string", "null"]
    assert told["either"]["type"] == ["integer", "string", "null"]
    assert told["choice"]["enum"] == ["a", "b", None]


class _InnerShape(Shape):
    """What is within."""

    sometimes = frozenset({"hint"})
    odd = _Odd()
    hint = Text()


class _OuterShape(Shape):
    """What is around."""

    inner = fields.Nested(_InnerShape, allow_none=True)
    text = Text(shortest=2, longest=5, required=True, metadata={"description": "short", "example": "abc"})


async def _page(ask: Ask) -> Paged:
    """Read."""
    raise NotImplementedError


def test_an_answer_has_all_that_it_does_not_call_rare_and_a_body_is_bounded():
    routes = Routes()
    routes.route("GET", "/out", access=Access.ANYONE, answer=_OuterShape, parameters=(BEFORE,))(_page)
    answered = openapi.document(routes.all)["components"]["schemas"]
    assert answered["Inner"]["required"] == ["odd"]
    assert answered["Outer"]["properties"]["inner"] == {
        "anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]
    }
    assert answered["Outer"]["properties"]["text"] == {"type": "string", "description": "short", "examples": ["abc"]}
    routes.route("POST", "/out", access=Access.ANYONE, body=_OuterShape)(_clear)
    sent = openapi.document(routes.all)["components"]["schemas"]
    assert "required" not in sent["Inner"]
    assert sent["Outer"]["required"] == ["text"]
    assert sent["Outer"]["properties"]["text"].items() >= {"minLength": 2, "maxLength": 5}.items()


@pytest.mark.parametrize("name", [OPENAPI, ASYNCAPI])
async def test_it_is_served_as_it_is_printed_and_again_only_when_it_changed(person, capsys, name):
    assert main([name]) == 0
    anyone = await person("lyova")
    anyone.token = ""
    reply = await anyone.get(f"/{name}.json")
    assert reply.body == orjson.loads(capsys.readouterr().out) == document(name)
    again = await anyone.ask("GET", f"/{name}.json", headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


async def test_what_is_not_served_is_not_described(serve, config):
    client = Person(await serve(dataclasses.replace(config, simple_chat=False)), "lyova")
    told = (await client.get("/openapi.json")).body["paths"]
    assert "/users/add" not in told
    assert "/chats" in told
    await client.close()


async def test_the_page_and_its_files_are_there_and_nothing_else_of_the_package(person):
    lyova = await person("lyova")
    page = await lyova.get("/docs")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<script>" not in page.body.decode()
    script = await lyova.get("/docs/swagger-ui-bundle.js")
    assert (script.status, script.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert (await lyova.get("/docs/swagger-ui.css")).status == 200
    for other in ("openapi.json", "swagger-editor-bundle.js", "..%2F__init__.py"):
        assert (await lyova.get(f"/docs/{other}")).codes == {"NOT_FOUND"}


def test_every_shape_that_is_pushed_belongs_to_an_event():
    assert {thing for _, things in PUSHED.values() for thing in things} == set(SHAPES)


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="there is no @asyncapi/specs from npm")
def test_the_document_of_events_is_asyncapi():
    schema = Draft7Validator(orjson.loads(SPECIFICATION.read_bytes()))
    assert [f"{one.json_path}: {one.message}" for one in schema.iter_errors(document(ASYNCAPI))] == []


def test_what_an_operation_of_events_names_is_there():
    told = document(ASYNCAPI)
    [channel] = told["channels"].values()
    assert {one["$ref"] for one in channel["messages"].values()} == {
        f"#/components/messages/{name}" for name in told["components"]["messages"]
    }
    for one in told["operations"].values():
        named = [*one["messages"], *one.get("reply", {}).get("messages", [])]
        assert {message["$ref"].rpartition("/")[2] for message in named} <= channel["messages"].keys()
    assert {name for name in told["operations"] if name.startswith("hear.")} == {f"hear.{name}" for name in HEARD}
