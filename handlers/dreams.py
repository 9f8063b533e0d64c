"""Dreams (dream-diary seed, "dreams"), and the goals that they become."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import named
from chatsrv.schemas.done import DoneShape
from chatsrv.schemas.dreams import DreamEditShape, DreamShape, NewDreamShape
from chatsrv.schemas.goals import DreamGoalShape, GoalShape
from handlers.asking import Ask
from handlers.belongings import BEFORE, ID, OK, before, identity, listed
from handlers.forms import FORM
from handlers.routing import Access, Paged, Routes

ROUTES = Routes(topic="growth", parameters=(named("id", "Its id."),))
route = ROUTES.route
_FORM = (*FORM, Code.NO_SUCH_ATTACHMENT)


@route(
    "POST",
    "/v0/dreams/",
    access=Access.STUDENT,
    body=NewDreamShape,
    answer=DreamShape,
    errors=(*_FORM, Code.TOO_MANY_THINGS),
)
async def create(ask: Ask) -> Any:
    """Keep a new dream."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.dreams.create(ask.person, **ask.body)


@route(
    "PUT",
    "/v0/dreams/",
    "/v0/dreams/{id}",
    access=Access.STUDENT,
    body=DreamEditShape,
    answer=DreamShape,
    errors=(*_FORM, Code.NO_SUCH_DREAM),
    parameters=(ID,),
)
async def edit(ask: Ask) -> Any:
    """Change what is given of a dream; its id stands in the path or in ``?id=``."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.dreams.edit(ask.person, identity(ask), ask.body)


@route(
    "GET", "/v0/dreams/all", access=Access.STUDENT, answer=DreamShape, errors=(Code.BAD_REQUEST,), parameters=(BEFORE,)
)
async def dreams(ask: Ask) -> Paged:
    """Read a page of one's dreams, the latest first."""
    return listed(await ask.services.dream_diary.dreams.page(ask.person, before(ask)))


@route("GET", "/v0/dreams/{id}", access=Access.STUDENT, answer=DreamShape, errors=(Code.NO_SUCH_DREAM,))
async def dream(ask: Ask) -> Any:
    """Read a dream."""
    return await ask.services.dream_diary.dreams.get(ask.person, ask.text("id"))


@route(
    "DELETE",
    "/v0/dreams/",
    "/v0/dreams/{id}",
    access=Access.STUDENT,
    answer=DoneShape,
    errors=(Code.REQUIRED_FIELD, Code.NO_SUCH_DREAM),
    parameters=(ID,),
)
async def delete(ask: Ask) -> Any:
    """Remove a dream; its id stands in the path or in ``?id=``."""
    await ask.services.dream_diary.dreams.delete(ask.person, identity(ask))
    return OK


@route(
    "POST",
    "/v0/dreams/{id}/goal",
    access=Access.STUDENT,
    body=DreamGoalShape,
    answer=GoalShape,
    errors=(*_FORM, Code.OUT_OF_RANGE, Code.NO_SUCH_DREAM, Code.TOO_MANY_THINGS),
)
async def become(ask: Ask) -> Any:
    """Make the dream a goal; the second time it is the same goal."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.dreams.become(ask.person, ask.text("id"), **ask.body)
