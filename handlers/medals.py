"""Medals: giving, reading, changing, taking back (school seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE, IDEMPOTENCY_KEY
from chatsrv.schemas.medals import MedalEditShape, MedalShape, NewMedalShape
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes(topic="school")
route = ROUTES.route
_USER = (Code.NO_SUCH_USER, Code.USER_DELETED)


@route(
    "POST",
    "/medals",
    access=having(Right.MEDALS),
    body=NewMedalShape,
    answer=MedalShape,
    errors=(*FORM, *_USER, Code.FORBIDDEN, Code.TOO_MANY_REQUESTS),
    parameters=(IDEMPOTENCY_KEY,),
)
async def give(ask: Ask) -> Any:
    """Give somebody a medal."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.medals.give(ask.person, nonce=ask.nonce, **ask.body)


@route(
    "GET",
    "/medals/page/{page}",
    access=Access.STUDENT,
    answer=MedalShape,
    errors=(Code.BAD_PAGE,),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of all medals, latest given first."""
    found = await ask.services.medals.page(ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route(
    "GET",
    "/user/{nickname}/medals/page/{page}",
    access=Access.STUDENT,
    answer=MedalShape,
    errors=(Code.BAD_PAGE, *_USER),
    parameters=(BEFORE,),
)
async def held(ask: Ask) -> Paged:
    """Read a page of somebody's medals, latest given first."""
    holder = await ask.services.people.by_name(ask.text("nickname"))
    found = await ask.services.medals.page(ask.page, ask.before, holder)
    return paged(found, found.items[-1].id if found.items else None)


@route(
    "POST",
    "/medals/{id}/edit",
    access=having(Right.MEDALS),
    body=MedalEditShape,
    answer=MedalShape,
    errors=(*FORM, Code.FORBIDDEN, Code.NO_SUCH_MEDAL),
)
async def edit(ask: Ask) -> Any:
    """Change a medal."""
    return await ask.services.medals.edit(ask.person, ask.number("id", Code.NO_SUCH_MEDAL), ask.body)


@route("DELETE", "/medals/{id}", access=having(Right.MEDALS), errors=(Code.FORBIDDEN, Code.NO_SUCH_MEDAL))
async def take_back(ask: Ask) -> None:
    """Take a medal back."""
    await ask.services.medals.take_back(ask.person, ask.number("id", Code.NO_SUCH_MEDAL))
