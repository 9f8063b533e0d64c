"""@route: everything that a route promises stands above its function: method, path, access, body, answer, errors."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

import orjson
from aiohttp import web
from marshmallow import fields

from chatsrv.errors import Code, Problem
from chatsrv.schemas.base import Shape
from chatsrv.schemas.described.promises import Media, Parameter
from chatsrv.schemas.proto import FAULTS, VALUE, list_of, name_of
from chatsrv.security import Role
from chatsrv.services.paging import Page
from chatsrv.services.roles import Right
from chatsrv.services.scopes import scope_of
from chatsrv.services.sessions import Asker
from handlers.asking import EDGE, Ask, Edge, refuse
from handlers.json_bodies import parsed
from handlers.protobuf import CONTENT_TYPE

_HEADERS: Final = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}


class Access(IntEnum):
    """Who may ask: anyone, whoever is logged in, moderators, admins."""

    ANYONE = -1
    STUDENT = Role.STUDENT
    TEACHER = Role.TEACHER
    ADMIN = Role.ADMIN


def having(right: Right) -> Access:
    """Return the access of those who have the right."""
    return Access(right.role)


class Paged(NamedTuple):
    """A page to answer with, what ``?before=`` calls its last item, and what else the next page is asked for with."""

    page: Page[Any]
    last: int | str | None
    query: Mapping[str, str] = MappingProxyType({})


Handler = Callable[[Ask], Awaitable[Any]]
Refuse = Callable[[web.Request, Problem], web.Response]


@dataclass(frozen=True, slots=True)
class Route:
    """A route's promises; ``answer`` shows what the function returns, each item of it for a page or a list.

    What neither shape says is in ``parameters``, ``takes`` and ``gives``: these are only told, the handler keeps them.
    """

    method: str
    path: str
    access: Access
    call: Handler
    body: Shape | None
    answer: Shape | None
    errors: tuple[Code, ...]
    refuse: Refuse | None
    linked: bool = False
    scope: str | None = None
    parameters: tuple[Parameter, ...] = ()
    takes: Media | None = None
    gives: Media | fields.Field[Any] | None = None

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Parse, permit, call, show; a dialect says in its own words why not."""
        request[ROUTE] = self
        try:
            return await self._answer(request)
        except Problem as problem:
            edge = request.app[EDGE]
            told = await edge.rates.refused(problem, edge.address(request))
            if self.refuse is None:
                raise told from None
            return self.refuse(request, told)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        edge = request.app[EDGE]
        ask = Ask(request, edge, await self._permit(request, edge))
        if self.body is not None:
            ask.body = self.body.read(await _read(request, self.body))
        result = await self.call(ask)
        return result if isinstance(result, web.StreamResponse) else self._show(request, result)

    async def _permit(self, request: web.Request, edge: Edge) -> Asker | None:
        await edge.rates.requests.take(edge.address(request))
        if self.access is Access.ANYONE:
            return None
        asker = await self._asker(request, edge)
        asker.demand(self.scope)
        if asker.person.role < self.access:
            raise Problem(Code.FORBIDDEN)
        edge.services.presence.saw(asker.person.id)
        return asker

    async def _asker(self, request: web.Request, edge: Edge) -> Asker:
        sessions = edge.services.sessions
        if self.linked and "signature" in request.query:
            return await sessions.of_link(request.query["signature"], request.match_info["id"])
        return await sessions.of(bearer(request))

    def _show(self, request: web.Request, result: Any) -> web.Response:
        if isinstance(result, Paged):
            return self._show_page(request, result)
        if isinstance(result, list):
            return answer([self.answer.show(item) for item in result] if self.answer else result)
        return answer(self.answer.show(result) if self.answer else result or {})

    def _show_page(self, request: web.Request, paged: Paged) -> web.Response:
        shape = self.answer or refuse(TypeError(f"{self.path} answers pages without a schema"))
        response = answer([shape.show(item) for item in paged.page.items])
        if paged.page.more:
            response.headers["Link"] = f'<{_next(request, paged)}>; rel="next"'
        return response


ROUTE: Final = web.RequestKey("route", Route)
ANSWERED: Final = web.ResponseKey("answered", object)


class Routes:
    """The routes of one module, in the order of the documentation."""

    def __init__(
        self, *, topic: str | None = None, refuse: Refuse | None = None, parameters: Sequence[Parameter] = ()
    ) -> None:
        """``topic`` is what applications may be let act on; ``refuse`` answers problems in a dialect's own words.

        ``parameters`` are those that all of the module's routes have.
        """
        self._topic = topic
        self._parameters = parameters
        self._refuse = refuse
        self.all: list[Route] = []

    def route(
        self,
        method: str,
        *paths: str,
        access: Access,
        body: type[Shape] | None = None,
        answer: type[Shape] | None = None,
        errors: Sequence[Code] = (),
        linked: bool = False,
        scope: str | None = "",
        parameters: Sequence[Parameter] = (),
        takes: Media | None = None,
        gives: Media | fields.Field[Any] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Promise a route; further paths are other names of the first.

        One that is ``linked`` may be asked with ``?signature=`` for the thing that its ``{id}`` names. ``scope`` is
        what an application needs to ask it, by default the topic's; without a topic, or with None, none may.

        ``parameters`` are what the request may say in its query and headers, and what a name in its path is where that
        is unusual; ``takes`` and ``gives`` are a body and an answer that have no shape. A handler that answers with a
        list is annotated so; one that returns None answers ``{}``.
        """
        if scope == "":
            scope = scope_of(self._topic, method) if self._topic else None

        def promise(call: Handler) -> Handler:
            for path in paths:
                shapes = (body() if body else None, answer() if answer else None)
                refusals, said = tuple(errors), (*self._parameters, *parameters)
                promised = Route(
                    method, path, access, call, *shapes, refusals, self._refuse, linked, scope, said, takes, gives
                )
                self.all.append(promised)
            return call

        return promise


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Let the application serve the routes."""
    for route in routes:
        app.router.add_route(route.method, route.path, route.serve)


async def _read(request: web.Request, shape: Shape) -> Any:
    if request.content_type != CONTENT_TYPE:
        return await read_json(request)
    return request.app[EDGE].messages.read(name_of(type(shape)), await read_body(request))


async def read_json(request: web.Request) -> Any:
    """Return the body, JSON with each key once; an absent one is an empty object. Raises Problem NOT_JSON."""
    content = await read_body(request)
    if not content:
        return {}
    try:
        return parsed(content)
    except ValueError:
        raise Problem(Code.NOT_JSON) from None


async def read_body(request: web.Request) -> bytes:
    """Return the body. Raises Problem BAD_REQUEST if it takes too long to arrive."""
    if request.content.is_eof():  # all of it is here, there is nothing to wait for
        return await request.read()
    try:
        async with asyncio.timeout(request.app[EDGE].request_seconds):
            return await request.read()
    except TimeoutError:
        raise Problem(Code.BAD_REQUEST) from None


def bearer(request: web.Request) -> str:
    """Return the token of ``Authorization: Bearer …`` or ``Token …``. Raises Problem NO_TOKEN."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "token") or not token.strip():
        raise Problem(Code.NO_TOKEN)
    return token.strip()


def answer(value: Any, status: int = 200) -> web.Response:
    """Return the value as a JSON response, which `translated` may still put into other words."""
    response = web.Response(body=orjson.dumps(value), status=status, headers=_HEADERS)
    response[ANSWERED] = value
    return response


def translated(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Return the answer as Protocol Buffers where the request's ``Accept`` names them."""
    if CONTENT_TYPE not in request.headers.get("Accept", "") or not isinstance(response, web.Response):
        return response
    if ANSWERED in response:
        name = message_of(request.get(ROUTE), response.status, response[ANSWERED])
        response.body = request.app[EDGE].messages.write(name, response[ANSWERED])
        response.headers["Content-Type"] = CONTENT_TYPE
    return response


def message_of(route: Route | None, status: int, value: Any) -> str:
    """Return the name of the message that this answer of the route is."""
    if route is None or status >= 400:
        return FAULTS
    shape = route.answer
    if shape is None:
        return VALUE
    return list_of(type(shape)) if isinstance(value, list) else name_of(type(shape))


def paged(page: Page[Any], last: int | None = None) -> Paged:
    """Mark a page as what a route answers with; ``last`` is the id to page on from."""
    return Paged(page, last)


def _next(request: web.Request, paged: Paged) -> str:
    number = request.match_info.get("page")
    if number is None or ({"before", "after"} & request.query.keys() and paged.last is not None):
        return f"{quote(request.path)}?{urlencode({**paged.query, 'before': paged.last})}"
    return f"{quote(request.path.removesuffix(number))}{int(number) + 1}"
