"""AsyncAPI 3.0 of the live events, from the shapes that they are shown and read with."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from apispec import APISpec

from chatsrv import __version__
from chatsrv.schemas.base import Shape
from chatsrv.schemas.described import examples
from chatsrv.schemas.described.components import VERSION, Components, Plugin
from chatsrv.schemas.events import EPHEMERAL, PUSHED, SHAPES
from chatsrv.schemas.faults import FaultsShape
from chatsrv.schemas.live import HEARD, ConnectShape, RefusedShape

_ABOUT = """Socket.IO 4 (protocol 5) at `/socket.io/`, namespace `/`, over WebSocket or polling.

A client connects with its token, `io({ auth: { token } })`, and then hears all streams of its person. An event carries
`stream` and `data`; `seq` is the number that the change took in its stream, absent on what is told and not kept. A
client's own event is acknowledged with what it made, or with `Faults`.
"""
_STREAM: Final = {"type": "string", "description": "`chat:<id>`, `conversation:<id>`, `user:<id>` …"}
_SEQ: Final = {"type": "integer", "description": "the number that the change took in its stream"}
_CHANNEL: Final = {"$ref": "#/channels/live"}


def document() -> dict[str, Any]:
    """Return the document."""
    plugin = Plugin()
    spec = APISpec(title="chatsrv", version=__version__, openapi_version=VERSION, plugins=[plugin])
    components = Components(spec, plugin, [*(heard.shape for heard in HEARD.values()), ConnectShape()])
    messages = dict(_messages(components))
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "chatsrv", "version": __version__, "description": _ABOUT},
        "defaultContentType": "application/json",
        "servers": {"here": {"host": "localhost:9000", "pathname": "/socket.io/", "protocol": "socket.io"}},
        "channels": {"live": {"address": "/", "messages": {name: _component(name) for name in messages}}},
        "operations": dict(_operations()),
        "components": {"messages": messages, "schemas": spec.to_dict()["components"]["schemas"]},
    }


def _messages(components: Components) -> Iterable[tuple[str, dict[str, Any]]]:
    made = _Messages(components)
    yield "connect", made.of("connect", "The token that one connects with.", ConnectShape())
    yield "connect_error", made.of("connect_error", "The connection is refused.", RefusedShape())
    yield "refused", made.of("refused", "Why an event was refused.", FaultsShape())
    for name, (says, things) in PUSHED.items():
        yield f"pushed.{name}", made.pushed(name, says, things)
    for name, heard in HEARD.items():
        yield f"heard.{name}", made.of(name, heard.says, heard.shape)
        yield f"answer.{name}", made.of(name, f"What `{name}` is acknowledged with.", heard.answer)


class _Messages:
    def __init__(self, components: Components) -> None:
        self._components = components

    def of(self, name: str, says: str, shape: Shape) -> dict[str, Any]:
        """Return the message that carries a shape."""
        return self._message(name, says, self._components.shape(shape))

    def pushed(self, name: str, says: str, things: Iterable[type]) -> dict[str, Any]:
        """Return the message of an event of the server's."""
        forms = [self._form(thing) for thing in things]
        return self._message(name, says, forms[0] if len(forms) == 1 else {"anyOf": forms})

    def _form(self, thing: type) -> dict[str, Any]:
        numbered = {} if thing in EPHEMERAL else {"seq": _SEQ}
        properties = {"stream": _STREAM, **numbered, "data": self._components.shape(SHAPES[thing])}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _message(self, name: str, says: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        example = examples.example(payload, self._components.schemas)
        return {"name": name, "summary": says, "payload": payload, "examples": [{"payload": example}]}


def _operations() -> Iterable[tuple[str, dict[str, Any]]]:
    yield "connect", _heard("connect", ["connect_error"])
    for name in PUSHED:
        yield f"push.{name}", {"action": "send", "channel": _CHANNEL, "messages": [_in_channel(f"pushed.{name}")]}
    for name in HEARD:
        yield f"hear.{name}", _heard(f"heard.{name}", [f"answer.{name}", "refused"])


def _heard(message: str, answers: Iterable[str]) -> dict[str, Any]:
    reply = {"channel": _CHANNEL, "messages": [_in_channel(name) for name in answers]}
    return {"action": "receive", "channel": _CHANNEL, "messages": [_in_channel(message)], "reply": reply}


def _component(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{name}"}


def _in_channel(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/live/messages/{name}"}
