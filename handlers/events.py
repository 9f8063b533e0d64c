"""School events: announcing, reading, changing (school seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.board import EventEditShape, EventShape, NewEventShape
from chatsrv.schemas.described.promises import BEFORE, IDEMPOTENCY_KEY
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.forms import BOUNDED_FORM, KEYED
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes(topic="school")
route = ROUTES.route


@route(
    "POST",
    "/events",
    access=having(Right.EVENTS),
    body=NewEventShape,
    answer=EventShape,
    errors=(*BOUNDED_FORM, *KEYED, Code.FORBIDDEN),
    parameters=(IDEMPOTENCY_KEY,),
)
async def create(ask: Ask) -> Any:
    """Announce a school event to everybody."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.events.create(ask.person, nonce=ask.nonce, **ask.body)


@route(
    "GET",
    "/events/page/{page}",
    access=Access.STUDENT,
    answer=EventShape,
    errors=(Code.BAD_PAGE,),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of school events, latest announced first."""
    found = await ask.services.events.page(ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route("GET", "/events/{id}", access=Access.STUDENT, answer=EventShape, errors=(Code.NO_SUCH_EVENT,))
async def details(ask: Ask) -> Any:
    """Read a school event."""
    return await ask.services.events.get(ask.number("id", Code.NO_SUCH_EVENT))


@route(
    "POST",
    "/events/{id}/edit",
    access=having(Right.EVENTS),
    body=EventEditShape,
    answer=EventShape,
    errors=(*BOUNDED_FORM, Code.FORBIDDEN, Code.NO_SUCH_EVENT),
)
async def edit(ask: Ask) -> Any:
    """Change a school event."""
    return await ask.services.events.edit(ask.person, ask.number("id", Code.NO_SUCH_EVENT), ask.body)


@route("DELETE", "/events/{id}", access=having(Right.EVENTS), errors=(Code.FORBIDDEN, Code.NO_SUCH_EVENT))
async def delete(ask: Ask) -> None:
    """Remove a school event."""
    await ask.services.events.delete(ask.person, ask.number("id", Code.NO_SUCH_EVENT))
