"""What this server speaks, for those who write clients: OpenAPI of the routes, AsyncAPI of the events, and a page."""

import asyncio
from typing import Any

from aiohttp import web

from chatsrv.errors import Code, Problem
from chatsrv.schemas.described.promises import IF_NONE_MATCH, Media, named
from handlers.asking import Ask
from handlers.routing import Access, Routes
from handlers.sending import send_asset
from handlers.server import UNCHANGED

ROUTES = Routes(parameters=(IF_NONE_MATCH,))
route = ROUTES.route


@route(
    "GET",
    "/openapi.json",
    access=Access.ANYONE,
    gives=Media("application/json", "This document, OpenAPI 3.1.", also=UNCHANGED),
)
async def routes(ask: Ask) -> Any:
    """Read what every route takes, gives and refuses."""
    return await _document(ask, "openapi.json")


@route(
    "GET",
    "/asyncapi.json",
    access=Access.ANYONE,
    gives=Media("application/json", "The document of what is pushed, AsyncAPI 3.0.", also=UNCHANGED),
)
async def events(ask: Ask) -> Any:
    """Read what every event carries, and what every event of a client's is answered with."""
    return await _document(ask, "asyncapi.json")


@route("GET", "/docs", access=Access.ANYONE, gives=Media("text/html", "The page.", also=UNCHANGED))
async def page(ask: Ask) -> Any:
    """Open a page that shows all routes and tries them out: Swagger UI, without any other host."""
    return send_asset(ask, ask.edge.assets.get("docs/index.html"))


@route(
    "GET",
    "/docs/{file}",
    access=Access.ANYONE,
    errors=(Code.NOT_FOUND,),
    parameters=(named("file", "A file's name."),),
    gives=Media("*/*", "The file.", also=UNCHANGED),
)
async def file(ask: Ask) -> Any:
    """Read a file of that page."""
    name = ask.text("file")
    if name.endswith(".json"):
        raise Problem(Code.NOT_FOUND)
    return await _document(ask, name)


async def _document(ask: Ask, name: str) -> web.Response:
    return send_asset(ask, await asyncio.to_thread(ask.edge.documents.get, name))
