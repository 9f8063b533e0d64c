"""Banners: showing, changing, removing; reading what is shown (school seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.board import BannerEditShape, BannerShape, NewBannerShape
from chatsrv.schemas.described.promises import BEFORE, IDEMPOTENCY_KEY
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.forms import BOUNDED_FORM, KEYED
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes(topic="school")
route = ROUTES.route


@route(
    "POST",
    "/banners",
    access=having(Right.BANNERS),
    body=NewBannerShape,
    answer=BannerShape,
    errors=(*BOUNDED_FORM, *KEYED, Code.FORBIDDEN),
    parameters=(IDEMPOTENCY_KEY,),
)
async def create(ask: Ask) -> Any:
    """Make a banner; if it is active everybody sees it at once."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.banners.create(ask.person, nonce=ask.nonce, **ask.body)


@route("GET", "/banners/active", access=Access.STUDENT, answer=BannerShape)
async def active(ask: Ask) -> list[Any]:
    """Read the banners that are shown now, latest first."""
    return await ask.services.banners.active()


@route(
    "GET",
    "/banners/page/{page}",
    access=having(Right.BANNERS),
    answer=BannerShape,
    errors=(Code.BAD_PAGE, Code.FORBIDDEN),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of all banners, those that are not active too."""
    found = await ask.services.banners.page(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route(
    "POST",
    "/banners/{id}/edit",
    access=having(Right.BANNERS),
    body=BannerEditShape,
    answer=BannerShape,
    errors=(*BOUNDED_FORM, Code.FORBIDDEN, Code.NO_SUCH_BANNER),
)
async def edit(ask: Ask) -> Any:
    """Change a banner, show it or hide it."""
    return await ask.services.banners.edit(ask.person, ask.number("id", Code.NO_SUCH_BANNER), ask.body)


@route("DELETE", "/banners/{id}", access=having(Right.BANNERS), errors=(Code.FORBIDDEN, Code.NO_SUCH_BANNER))
async def delete(ask: Ask) -> None:
    """Remove a banner."""
    await ask.services.banners.delete(ask.person, ask.number("id", Code.NO_SUCH_BANNER))
