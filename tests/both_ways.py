"""Every answer of every test, and every body that was taken, said in Protocol Buffers too and compared."""

from typing import Any

import orjson
from aiohttp import web

from chatsrv.schemas.guests import GuestMessageShape, GuestShape, InChatShape, NewOpenChatShape
from chatsrv.schemas.proto import name_of
from handlers.asking import EDGE
from handlers.protobuf import CONTENT_TYPE
from handlers.routing import ANSWERED, ROUTE, Route, message_of

GUESTS = (GuestMessageShape, GuestShape, InChatShape, NewOpenChatShape)


class BothWays:
    """Watches a server's answers, and keeps what a client of the other kind would have got or sent differently."""

    def __init__(self) -> None:
        self.different: list[str] = []

    async def check(self, request: web.Request, response: web.StreamResponse) -> None:
        """Look at an answer that is about to go; what is wrong with it is told when the test ends."""
        try:
            if ANSWERED in response:
                await _check(request, response)
        except Exception as error:
            self.different.append(f"{request.method} {request.path}: {error!r}")


async def _check(request: web.Request, response: web.StreamResponse) -> None:
    messages, value, route = request.app[EDGE].messages, response[ANSWERED], request.get(ROUTE)
    name = message_of(route, response.status, value)
    assert plain(messages.read(name, messages.write(name, value))) == plain(value), name
    if route is not None and route.body is not None and response.status == 200 and request.content_type != CONTENT_TYPE:
        _check_body(messages, route, orjson.loads(await request.read() or b"{}"))


def _check_body(messages: Any, route: Route, body: dict[str, Any]) -> None:
    assert route.body is not None
    names = {field.data_key or name for name, field in route.body.fields.items()}
    # The seed clears a parent with ""; in a message that is 0.
    known = {name: one for name, one in body.items() if name in names and (name, one) != ("parent_id", "")}
    if None in known.values():
        return  # a message has no null: what null takes away in JSON can not be taken away in a message
    if isinstance(route.body, GUESTS):
        return  # the simple chat takes an id as text too; in a message it is a number
    message = name_of(type(route.body))
    assert route.body.read(messages.read(message, messages.write(message, known))) == route.body.read(known)


def plain(value: Any) -> Any:
    """Return the value without what a message can not tell from absence: null, an empty list, an empty object."""
    if isinstance(value, dict):
        kept = {name: plain(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, [], {})}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
