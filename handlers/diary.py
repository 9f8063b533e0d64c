"""The champion's diary (dream-diary seed, "diary")."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import in_query, named
from chatsrv.schemas.diary import DiaryEditEntryShape, DiaryEntryShape, DiaryPeriodShape, NewDiaryEntryShape
from chatsrv.schemas.done import DoneShape
from handlers.asking import Ask
from handlers.belongings import BEFORE, OK, listed
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Paged, Routes

ROUTES = Routes(topic="growth", parameters=(named("id", "Its id."),))
route = ROUTES.route
_PERIOD = DiaryPeriodShape()


@route(
    "POST", "/v0/diary/", access=Access.STUDENT, body=NewDiaryEntryShape, answer=DiaryEntryShape, errors=BOUNDED_FORM
)
async def write(ask: Ask) -> Any:
    """Write of a day."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.diary.write(ask.person, **ask.body)


@route(
    "GET",
    "/v0/diary/",
    access=Access.STUDENT,
    answer=DiaryEntryShape,
    errors=(*BOUNDED_FORM, Code.BAD_REQUEST),
    parameters=(*in_query(DiaryPeriodShape), BEFORE),
)
async def entries(ask: Ask) -> Paged:
    """Read a page of one's diary, ``?from=`` one day ``&to=`` another, the latest first."""
    query = ask.request.query
    given = {name: query[name] for name in ("from", "to") if name in query}
    page = await ask.services.dream_diary.diary.page(ask.person, **_PERIOD.read(given), before=query.get("before"))
    return listed(page, **given)


@route("GET", "/v0/diary/{id}", access=Access.STUDENT, answer=DiaryEntryShape, errors=(Code.NO_SUCH_DIARY_ENTRY,))
async def entry(ask: Ask) -> Any:
    """Read an entry."""
    return await ask.services.dream_diary.diary.get(ask.person, ask.text("id"))


@route(
    "PUT",
    "/v0/diary/{id}",
    access=Access.STUDENT,
    body=DiaryEditEntryShape,
    answer=DiaryEntryShape,
    errors=(*BOUNDED_FORM, Code.NO_SUCH_DIARY_ENTRY),
)
async def edit(ask: Ask) -> Any:
    """Change what is given of an entry."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.diary.edit(ask.person, ask.text("id"), ask.body)


@route("DELETE", "/v0/diary/{id}", access=Access.STUDENT, answer=DoneShape, errors=(Code.NO_SUCH_DIARY_ENTRY,))
async def delete(ask: Ask) -> Any:
    """Remove an entry."""
    await ask.services.dream_diary.diary.delete(ask.person, ask.text("id"))
    return OK
