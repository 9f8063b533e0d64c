"""Every answer of every test, and every request that was taken, held against the OpenAPI document."""

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from aiohttp import web
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from chatsrv.errors import Channel
from chatsrv.schemas.described import openapi
from chatsrv.schemas.described.operations import PROTOBUF, path_of
from handlers import all_routes
from handlers.routing import ANSWERED, ROUTE, Route

_DOCUMENT = "described:"
_WHOLE = re.compile(r"-?\d{1,18}")


@cache
def document() -> dict[str, Any]:
    """The document, as clients read it."""
    return orjson.loads(orjson.dumps(openapi.document(all_routes())))


@cache
def strict() -> dict[str, Any]:
    """The document without what it leaves open for later: an answer that has more than it says is refused."""
    closed = copy.deepcopy(document())
    bodies = set(_bodies(closed))
    for name, schema in closed["components"]["schemas"].items():
        if name not in bodies:
            _close(schema)
    return closed


def _bodies(described: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the components that requests are made of."""
    waiting = [one.get("requestBody") for path in described["paths"].values() for one in path.values()]
    while waiting:
        for name in set(re.findall(r"#/components/schemas/(\w+)", orjson.dumps(waiting.pop()).decode())):
            yield name
            waiting.append(described["components"]["schemas"][name])


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for one in schema.values():
            _close(one)


@cache
def validator(*pointer: str) -> Draft202012Validator:
    """Return what validates against the schema at this place of the document."""
    registry: Registry[Any] = Registry().with_resource(_DOCUMENT, DRAFT202012.create_resource(strict()))
    path = "/".join(one.replace("~", "~0").replace("/", "~1") for one in pointer)
    return Draft202012Validator({"$ref": f"{_DOCUMENT}#/{path}"}, registry=registry)


def check(value: Any, *pointer: str) -> None:
    """Assert that the value is what the document says there."""
    wrong = [f"{one.json_path}: {one.message}" for one in validator(*pointer).iter_errors(value)]
    assert not wrong, (pointer, wrong)


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
                check(_value(response), "components", "schemas", "Faults")
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
    value = _value(response)
    check(value, *place, "content", "application/json", "schema")
    if response.status >= 400:
        unknown = set(_codes(value)) - known_codes(route.method.lower(), path_of(route))
        assert not unknown, f"codes that are not declared: {sorted(map(hex, unknown))}"


def _place(route: Route) -> tuple[str, ...]:
    return "paths", path_of(route), route.method.lower()


def _resolved(*pointer: str) -> tuple[tuple[str, ...], Any]:
    """Return what stands at this place of the document, and where it really stands."""
    found: Any = strict()
    for one in pointer:
        assert one in found, f"not described: {pointer}"
        found = found[one]
    return _resolved(*found["$ref"].removeprefix("#/").split("/")) if "$ref" in found else (pointer, found)


@cache
def known_codes(method: str, path: str) -> frozenset[int]:
    """Return the codes that the route is said to answer with."""
    responses = strict()["paths"][path][method]["responses"].values()
    named = {name for one in responses for name in re.findall(r"#/components/examples/(\w+)", _text(one))}
    examples = strict()["components"]["examples"]
    return frozenset(code for name in named for code in _codes(examples[name]["value"]))


def _text(response: Any) -> str:
    if "$ref" in response:
        response = strict()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return orjson.dumps(response).decode()


def _codes(faults: Any) -> list[int]:
    atoms = [*faults["global"], *(atom for listed in faults["fields"].values() for atom in listed)]
    assert all(atom["c"] >> 14 == Channel.AJAX for atom in atoms)
    return [atom["c"] for atom in atoms]


def _value(response: Any) -> Any:
    return orjson.loads(orjson.dumps(response[ANSWERED]))


async def _check_request(route: Route, request: web.Request) -> None:
    described = strict()["paths"][path_of(route)][route.method.lower()]
    given = {"path": request.match_info, "query": request.query, "header": request.headers}
    for number, one in enumerate(described.get("parameters", [])):
        if one["name"] in given[one["in"]]:
            said = given[one["in"]][one["name"]]
            pointer = (*_place(route), "parameters", str(number), "schema")
            check(int(said) if one["schema"].get("type") == "integer" and _WHOLE.fullmatch(said) else said, *pointer)
        else:
            assert not one.get("required"), f"taken without {one['name']}"
    body = await request.read() if request.content_type != "multipart/form-data" else b""
    if "requestBody" not in described:
        assert body in (b"", b"{}") or request.content_type == PROTOBUF, "a body that is not described"
    elif body and request.content_type in ("application/json", "application/octet-stream"):
        check(orjson.loads(body), *_place(route), "requestBody", "content", "application/json", "schema")
