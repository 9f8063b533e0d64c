"""Blocking people."""

from chatsrv.errors import Code
from chatsrv.schemas.people import CardShape
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes, paged

ROUTES = Routes(topic="people")
route = ROUTES.route


@route(
    "POST",
    "/user/{nickname}/block",
    access=Access.STUDENT,
    errors=(Code.NO_SUCH_USER, Code.USER_DELETED, Code.NOT_YOURSELF, Code.TOO_MANY_BLOCKED),
)
async def block(ask: Ask) -> None:
    """Block a person, by id or nickname: they can not write to one, invite one, or see whether one is here."""
    await ask.services.blocks.add(ask.person, ask.text("nickname"))


@route("POST", "/user/{nickname}/unblock", access=Access.STUDENT, errors=(Code.NO_SUCH_USER, Code.USER_DELETED))
async def unblock(ask: Ask) -> None:
    """Block a person no longer."""
    await ask.services.blocks.remove(ask.person, ask.text("nickname"))


@route("GET", "/blocked/page/{page}", access=Access.STUDENT, answer=CardShape, errors=(Code.BAD_PAGE,))
async def page(ask: Ask) -> Paged:
    """Read a page of those whom one blocks, latest first."""
    return paged(await ask.services.blocks.page(ask.person, ask.page))
