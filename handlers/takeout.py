"""Taking one's own data along."""

from typing import Any, Final

from aiohttp import web

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import Media
from handlers.asking import Ask
from handlers.downloading import send
from handlers.routing import Access, Routes

ROUTES = Routes()
route = ROUTES.route
_HEADERS: Final = {
    "Content-Type": "application/zip",
    "Content-Disposition": 'attachment; filename="chatsrv.zip"',
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


@route(
    "GET",
    "/user/export",
    access=Access.STUDENT,
    errors=(Code.TOO_MANY_REQUESTS,),
    gives=Media("application/zip", "`index.html` to begin with, a JSON file for each list, and the bytes of files."),
)
async def export(ask: Ask) -> Any:
    """Download everything that the server has of oneself, as a zip."""
    await ask.edge.rates.exports.take(ask.person.id)
    parts = ask.services.takeout.zip(ask.person)
    return await send(
        ask.request, web.StreamResponse(headers=_HEADERS), parts, patience=ask.edge.files.patience_seconds
    )
