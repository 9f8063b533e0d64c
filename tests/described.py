"""Every answer and event of every test, and every request that was taken, held against the documents of both."""

import copy
import re
from functools import cache
from typing import Any

import orjson
from aiohttp import web
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from chatsrv.errors import Channel
from chatsrv.schemas.described import asyncapi, openapi
from chatsrv.schemas.described.operations import PROTOBUF, path_of
from chatsrv.services.streams import Event
from handlers import all_routes
from handlers.routing import ANSWERED, ROUTE, Route

OPENAPI, ASYNCAPI = "openapi", "asyncapi"
_MAKERS = {OPENAPI: lambda: openapi.document(all_routes()), ASYNCAPI: asyncapi.document}
_WHOLE = re.compile(r"-?\d{1,18}")
_RESPONSE = re.compile(r"#/components/responses/(\w+)")
_COMPONENT = re.compile(r"#/components/schemas/(\w+)")


@cache
def document(name: str) -> Any:
    """The document, as clients read it."""
    return orjson.loads(orjson.dumps(_MAKERS[name]()))


@cache
def strict(name: str) -> Any:
    """The document without what it leaves open for later: who answers with more than it says is refused."""
    closed = copy.deepcopy(document(name))
    sent = _sent(closed)
    for component, schema in closed["components"]["schemas"].items():
        if component not in sent:
            _close(schema)
    for message, told in closed["components"].get("messages", {}).items():
        if not message.startswith("heard."):
            _close(told["payload"])
    return closed


def _sent(described: Any) -> set[str]:
    """Return the names of the components that clients' requests and events are made of."""
    bodies = [one.get("requestBody") for path in described.get("paths", {}).values() for one in path.values()]
    messages = described["components"].get("messages", {}).items()
    waiting = [*bodies, *(told for message, told in messages if message.startswith("heard."))]
    found: set[str] = set()
    while waiting:
        new = set(_COMPONENT.findall(_text(waiting.pop()))) - found
        found |= new
        waiting += [described["components"]["schemas"][name] for name in new]
    return found


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for one in schema.values():
            _close(one)
    elif isinstance(schema, list):
        for one in schema:
            _close(one)


@cache
def validator(name: str, *pointer: str) -> Draft202012Validator:
    """Return what validates against the schema at this place of the document."""
    registry: Registry[Any] = Registry().with_resource(f"{name}:", DRAFT202012.create_resource(strict(name)))
    path = "/".join(one.replace("~", "~0").replace("/", "~1") for one in pointer)
    return Draft202012Validator({"$ref": f"{name}:#/{path}"}, registry=registry)


def check(value: Any, name: str, *pointer: str) -> None:
    """Assert that the value is what the document says there."""
    wrong = [f"{one.json_path}: {one.message}" for one in validator(name, *pointer).iter_errors(value)]
    assert not wrong, (pointer, wrong)


def check_event(event: Event, body: Any) -> None:
    """Assert that the event is described, and carries what it is said to carry."""
    check(_plain(body), ASYNCAPI, "components", "messages", f"pushed.{event.name}", "payload")


def check_acknowledgement(name: str, payload: Any, answer: Any) -> None:
    """Assert that what a client sent and was answered is described."""
    if "global" in answer:
        check(_plain(answer), ASYNCAPI, "components", "messages", "refused", "payload")
        assert all(code >> 14 == Channel.WEBSOCKET for code in _codes(answer))
        return
    check(_plain(payload), ASYNCAPI, "components", "messages", f"heard.{name}", "payload")
    check(_plain(answer), ASYNCAPI, "components", "messages", f"answer.{name}", "payload")


class Described:
    """Watches a server's answers, and keeps what the document does not say."""

    def __init__(self) -> None:
        self.different: list[str] = []

    async def check(self, request: web.Request, response: web.StreamResponse) -> None:
        """Look at an answer that is about to go; what is wrong with it is told when the test ends."""
        try:
            route = request.get(ROUTE)
            if route is not None:
                _check_answer(route, response)
                if response.status == 200:
                    await _check_request(route, request)
            elif response.status >= 400 and ANSWERED in response:
                check(_plain(response[ANSWERED]), OPENAPI, "components", "schemas", "Faults")
        except Exception as error:
            self.different.append(f"{request.method} {request.path}: {response.status} {error!r}")


def _check_answer(route: Route, response: web.StreamResponse) -> None:
    place, told = _resolved(*_place(route), "responses", str(response.status))
    if response.status in (206, 303, 304):
        return
    if ANSWERED not in response:
        assert response.content_type in told["content"] or "*/*" in told["content"], response.content_type
        return
    assert {"application/json", PROTOBUF} <= told["content"].keys()
    value = _plain(response[ANSWERED])
    check(value, OPENAPI, *place, "content", "application/json", "schema")
    if response.status >= 400:
        codes = _codes(value)
        assert all(code >> 14 == Channel.AJAX for code in codes)
        unknown = set(codes) - known_codes(route.method.lower(), path_of(route))
        assert not unknown, f"codes that are not declared: {sorted(map(hex, unknown))}"


def _place(route: Route) -> tuple[str, ...]:
    return "paths", path_of(route), route.method.lower()


def _resolved(*pointer: str) -> tuple[tuple[str, ...], Any]:
    """Return what stands at this place of the document, and where it really stands."""
    found: Any = strict(OPENAPI)
    for one in pointer:
        assert one in found, f"not described: {pointer}"
        found = found[one]
    return _resolved(*found["$ref"].removeprefix("#/").split("/")) if "$ref" in found else (pointer, found)


@cache
def known_codes(method: str, path: str) -> frozenset[int]:
    """Return the codes that the route is said to answer with."""
    described = strict(OPENAPI)
    refused = _RESPONSE.findall(_text(described["paths"][path][method]["responses"]))
    told = _text([described["components"]["responses"][name] for name in refused])
    named = re.findall(r"#/components/examples/(\w+)", told)
    return frozenset(code for one in named for code in _codes(described["components"]["examples"][one]["value"]))


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _plain(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


def _codes(faults: Any) -> list[int]:
    return [atom["c"] for atom in [*faults["global"], *(one for listed in faults["fields"].values() for one in listed)]]


async def _check_request(route: Route, request: web.Request) -> None:
    described = strict(OPENAPI)["paths"][path_of(route)][route.method.lower()]
    given = {"path": request.match_info, "query": request.query, "header": request.headers}
    for number, one in enumerate(described.get("parameters", [])):
        if one["name"] in given[one["in"]]:
            said = given[one["in"]][one["name"]]
            whole = one["schema"].get("type") == "integer" and _WHOLE.fullmatch(said)
            check(int(said) if whole else said, OPENAPI, *_place(route), "parameters", str(number), "schema")
        else:
            assert not one.get("required"), f"taken without {one['name']}"
    if "requestBody" not in described:
        assert request.content_type in ("application/json", "application/octet-stream", PROTOBUF), "a body of no kind"
    elif request.content_type == "application/json":
        body = orjson.loads(await request.read() or b"{}")
        check(body, OPENAPI, *_place(route), "requestBody", "content", "application/json", "schema")
