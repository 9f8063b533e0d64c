"""The numbers that tell how the server does, as Prometheus reads them; not for everyone."""

import hmac
import socket
from ipaddress import ip_address
from typing import Any

from aiohttp import web

from chatsrv.errors import Code, Problem
from chatsrv.schemas.described.promises import Media
from handlers.asking import Ask
from handlers.routing import Access, Routes, bearer

ROUTES = Routes()
route = ROUTES.route
_HEADERS = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"}
_BY_A_PROXY = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


@route(
    "GET",
    "/metrics",
    access=Access.ANYONE,
    errors=(Code.NOT_FOUND, Code.NO_TOKEN, Code.BAD_TOKEN),
    gives=Media("text/plain", "Prometheus' text format; who may read it is said by the configuration."),
)
async def metrics(ask: Ask) -> Any:
    """Read the server's numbers, in the text format of Prometheus, if the configuration lets one."""
    neighbour = _is_neighbour(ask.request)
    if not neighbour:
        _permit(ask)
    return web.Response(body=(await ask.edge.metrics.read(neighbour)).encode(), headers=_HEADERS)


def _permit(ask: Ask) -> None:
    open_to, token, _ = ask.edge.metrics
    if open_to == "loopback" and not _is_from_here(ask.request):
        raise Problem(Code.NOT_FOUND)
    if open_to == "token" and not hmac.compare_digest(_bytes(bearer(ask.request)), _bytes(token)):
        raise Problem(Code.BAD_TOKEN)


def _bytes(text: str) -> bytes:
    # Bytes of a header that are no UTF-8 are surrogates in its text.
    return text.encode(errors="surrogateescape")


def _is_neighbour(request: web.Request) -> bool:
    """Whether another worker of this server asks: only they reach the Unix socket."""
    link = request.get_extra_info("socket")
    return link is not None and link.family == socket.AF_UNIX


def _is_from_here(request: web.Request) -> bool:
    """A proxy on this machine asks for others, who are not here."""
    if any(name in request.headers for name in _BY_A_PROXY):
        return False
    try:
        address = ip_address(request.remote or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
