"""The server itself: whether it lives, whether it is ready, and the page that a browser opens."""

import asyncio
from typing import Any, Final

from aiohttp import web

from chatsrv import __version__
from chatsrv.errors import Code, Problem
from chatsrv.schemas.described.promises import IF_NONE_MATCH, Media, named
from chatsrv.schemas.server import HealthShape, ReadyShape
from chatsrv.services import Unavailable
from handlers.asking import Ask
from handlers.routing import Access, Routes
from handlers.sending import send_asset

ROUTES = Routes()
route = ROUTES.route
_READY_SECONDS = 2.0
UNCHANGED: Final = {304: "What `If-None-Match` names is what there is."}


@route("GET", "/health", access=Access.ANYONE, answer=HealthShape)
async def health(ask: Ask) -> Any:
    """Say that the process lives."""
    return {"status": "ok", "version": __version__}


@route("GET", "/ready", access=Access.ANYONE, answer=ReadyShape, errors=(Code.UNAVAILABLE,))
async def ready(ask: Ask) -> Any:
    """Say that storage answers in time and that the bus hears; ``d`` names which of the two does not."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await ask.services.storage.ping()
    except (TimeoutError, Unavailable):
        raise Problem(Code.UNAVAILABLE, data="storage", retry_after=1) from None
    if not ask.edge.hears():
        raise Problem(Code.UNAVAILABLE, data="bus", retry_after=1)
    return {"status": "ready"}


@route(
    "GET",
    "/",
    "/oauth/authorize",
    access=Access.ANYONE,
    parameters=(IF_NONE_MATCH,),
    gives=Media("text/html", "The page.", also=UNCHANGED),
)
async def page(ask: Ask) -> Any:
    """Open the web client; under the second path it asks a person whether an application may act for them."""
    return _file(ask, "index.html")


@route(
    "GET",
    "/web/{path:.+}",
    access=Access.ANYONE,
    errors=(Code.NOT_FOUND,),
    parameters=(named("path", "A file's path, with its slashes."), IF_NONE_MATCH),
    gives=Media("*/*", "The file.", also=UNCHANGED),
)
async def file(ask: Ask) -> Any:
    """Read a file of the web client."""
    return _file(ask, ask.text("path"))


def _file(ask: Ask, path: str) -> web.Response:
    return send_asset(ask, ask.edge.assets.get(path))
