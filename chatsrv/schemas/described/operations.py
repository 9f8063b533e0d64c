"""One route as one operation of OpenAPI: what it takes, what it gives, what it may refuse."""

import re
from typing import Any, get_type_hints

from marshmallow import fields

from chatsrv.errors import Code
from chatsrv.schemas.base import Shape
from chatsrv.schemas.described import examples, refusals
from chatsrv.schemas.described.components import Components, sentence
from chatsrv.schemas.described.promises import NAMES, SIGNATURE, Media, Parameter, Promise
from chatsrv.schemas.proto import FAULTS, VALUE, list_of, name_of

PROTOBUF = "application/x-protobuf"
_NAME = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_NEXT = {"Link": {"description": 'Where the next page is: rel="next".', "schema": {"type": "string"}}}
_LATER = {"Retry-After": {"description": "In how many seconds to try again.", "schema": {"type": "integer"}}}
_BYTES = {"type": "string", "format": "binary"}


def path_of(route: Promise) -> str:
    """Return the path with its bare names in braces."""
    return _NAME.sub(r"{\1}", route.path)


def topic_of(route: Promise) -> str:
    """Return what the route is about: the name of its module."""
    return str(route.call.__module__).rpartition(".")[2]


class Operations:
    """Describes routes. Raises TypeError for one that does not say enough of itself."""

    def __init__(self, components: Components, faults: Shape) -> None:
        self._components = components
        self._faults = components.shape(faults)
        self._names: set[str] = set()
        self._refusals: dict[tuple[Code, ...], dict[str, Any]] = {}

    def of(self, route: Promise) -> dict[str, Any]:
        """Return the operation of a route."""
        said = sentence(route.call)
        if not said:
            raise TypeError(f"{route.method} {route.path} does not say what it does")
        summary, _, more = said.partition("\n")
        operation = {
            "operationId": self._name(route),
            "tags": [topic_of(route)],
            "summary": summary.removesuffix(".").replace("`", ""),
            "description": "\n\n".join(filter(None, [more.strip(), _who(route)])),
            "parameters": self._parameters(route),
            "requestBody": self._body(route),
            "responses": self._responses(route),
            "security": _security(route),
        }
        return {name: one for name, one in operation.items() if one or name == "security"}

    def _name(self, route: Promise) -> str:
        """Return the handler's name; another path of the same handler has a number."""
        name, number = f"{topic_of(route)}_{route.call.__name__}", 1
        while (told := name if number == 1 else f"{name}_{number}") in self._names:
            number += 1
        self._names.add(told)
        return told

    def _parameters(self, route: Promise) -> list[dict[str, Any]]:
        said = {one.name: one for one in route.parameters if one.place == "path"}
        described = [said.get(name) or _named(route, name) for name in _NAME.findall(route.path)]
        described += [one for one in route.parameters if one.place != "path"]
        described += [SIGNATURE] if route.linked else []
        return [self._parameter(one) for one in described]

    def _parameter(self, one: Parameter) -> dict[str, Any]:
        schema = self._components.field(one.field)
        told = {"name": one.name, "in": one.place, "description": schema.pop("description", "")}
        if one.place == "path" or one.field.required:
            told["required"] = True
        return told | {"schema": schema}

    def _body(self, route: Promise) -> dict[str, Any]:
        if route.takes is not None:
            return {"description": route.takes.says, "required": True, "content": self._media(route.takes)}
        if route.body is None:
            return {}
        schema = self._components.shape(route.body)
        needed = any(field.required for field in route.body.fields.values())
        return {"required": needed, "content": self._content(schema, name_of(type(route.body)))}

    def _responses(self, route: Promise) -> dict[str, Any]:
        told: dict[str, Any] = {"200": self._answer(route)}
        if isinstance(route.gives, Media):
            told |= {str(status): {"description": says} for status, says in route.gives.also.items()}
        for status, codes in refusals.by_status(refusals.codes(route)).items():
            told[str(status)] = self._refusal(status, tuple(codes))
        return told

    def _answer(self, route: Promise) -> dict[str, Any]:
        match route.gives:
            case Media() as media:
                return {"description": media.says, "content": self._media(media)}
            case fields.Field() as field:
                schema = self._components.field(field)
                says = schema.pop("description", "Done.")
                return {"description": says, "content": self._content(schema, VALUE)}
        returned = get_type_hints(route.call).get("return")
        if returned is type(None):
            schema = {"type": "object", "maxProperties": 0}
            return {"description": "Done.", "content": self._content(schema, VALUE)}
        if route.answer is None:
            raise TypeError(f"{route.method} {route.path} does not say what it answers")
        return self._shown(route.answer, returned)

    def _shown(self, shape: Shape, returned: Any) -> dict[str, Any]:
        schema, says = self._components.shape(shape), sentence(type(shape))
        page = getattr(returned, "__name__", "") == "Paged"
        if not page and getattr(returned, "__origin__", None) is not list:
            return {"description": says, "content": self._content(schema, name_of(type(shape)))}
        schema = {"type": "array", "items": schema}
        told = {"description": says, "content": self._content(schema, list_of(type(shape)))}
        return told | ({"headers": _NEXT} if page else {})

    def _content(self, schema: dict[str, Any], message: str) -> dict[str, Any]:
        example = examples.example(schema, self._components.schemas)
        told = {"description": f"The message `{message}` of chatsrv.proto."}
        return {"application/json": {"schema": schema, "example": example}, PROTOBUF: {"schema": _BYTES | told}}

    def _media(self, media: Media) -> dict[str, Any]:
        without = {"type": "object"} if media.kind == "application/json" else _BYTES
        return {media.kind: {"schema": self._components.shape(media.shape()) if media.shape else without}}

    def _refusal(self, status: int, codes: tuple[Code, ...]) -> dict[str, Any]:
        """Return a reference to the refusal with these codes; many routes share one."""
        if codes not in self._refusals:
            number = sum(known[0].status == status for known in self._refusals) + 1
            self._refusals[codes] = self._components.response(f"Refused{status}_{number}", self._refused(codes))
        return self._refusals[codes]

    def _refused(self, codes: tuple[Code, ...]) -> dict[str, Any]:
        known = {code.name: {"$ref": f"#/components/examples/{code.name}"} for code in codes}
        content = self._content(self._faults, FAULTS)
        del content["application/json"]["example"]
        content["application/json"]["examples"] = known
        told = {"description": refusals.sentences(codes), "content": content}
        return told | ({"headers": _LATER} if codes[0].status in (429, 503) else {})


def _named(route: Promise, name: str) -> Parameter:
    if name not in NAMES:
        raise TypeError(f"{route.method} {route.path} does not say what {{{name}}} is")
    return Parameter("path", name, NAMES[name])


def _who(route: Promise) -> str:
    if route.access.value < 0:
        return "Anyone may ask."
    return f"For whoever is logged in as {route.access.name.lower()} or more."


def _security(route: Promise) -> list[dict[str, list[str]]]:
    """Return the ways of saying who asks, each of which suffices."""
    ways: list[dict[str, list[str]]] = [{"bearer": []}, {"token": []}]
    if route.access.value < 0:
        # Where a dialect takes a token in the body too, the header is one way of two.
        if not {Code.NO_TOKEN, Code.LOGOUT_FAILED} & set(route.errors):
            return []
        ways.append({})
    if route.scope is not None:
        ways.append({"oauth": [route.scope]})
    return [*ways, {"signature": []}] if route.linked else ways
