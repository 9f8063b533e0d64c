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
from handlers.assets import Asset
from handlers.routing import Access, Routes

ROUTES = Routes()
route = ROUTES.route
_READY_SECONDS = 2.0
UNCHANGED: Final = {304: "What `If-None-Match` names is what there is."}
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


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


def send_asset(ask: Ask, asset: Asset | None) -> web.Response:
    """Return a file as a browser may have it. Raises Problem NOT_FOUND when it is None."""
    if asset is None:
        raise Problem(Code.NOT_FOUND)
    headers = _HEADERS | {"ETag": f'"{asset.etag}"'}
    if any(known.value == asset.etag for known in ask.request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=asset.content, content_type=asset.kind, charset="utf-8", headers=headers)
