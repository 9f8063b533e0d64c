"""Reporting messages, and deciding what was reported."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.schemas.reports import NewReportShape, ReportShape
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes()
route = ROUTES.route
_DECIDING = (Code.FORBIDDEN, Code.NO_SUCH_REPORT, Code.REPORT_DECIDED, Code.NOT_YOURSELF, Code.TOO_BUSY)


@route(
    "POST",
    "/message/{id}/report",
    access=Access.STUDENT,
    body=NewReportShape,
    errors=(
        Code.REQUIRED_FIELD,
        Code.WRONG_TYPE,
        Code.TOO_SHORT,
        Code.TOO_LONG,
        Code.BAD_CHARACTERS,
        Code.NO_SUCH_MESSAGE,
        Code.MESSAGE_DELETED,
        Code.NOT_YOURSELF,
        Code.TOO_BUSY,
        Code.TOO_MANY_REQUESTS,
    ),
)
async def report(ask: Ask) -> None:
    """Report a message that one may read to the moderators; reporting it again changes nothing."""
    await ask.edge.rates.writes.take(ask.person.id)
    await ask.services.reports.report(ask.person, ask.number("id", Code.NO_SUCH_MESSAGE), ask.body["reason"])


@route(
    "GET",
    "/reports/page/{page}",
    access=having(Right.MODERATE),
    answer=ReportShape,
    errors=(Code.FORBIDDEN, Code.BAD_PAGE, Code.BAD_REQUEST),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of reported messages that wait for a moderator, oldest first; `?before=` goes on after one."""
    found = await ask.services.reports.queue(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route("POST", "/reports/{id}/dismiss", access=having(Right.MODERATE), answer=ReportShape, errors=_DECIDING)
async def dismiss(ask: Ask) -> Any:
    """Leave a reported message as it is; of many moderators only the first one decides."""
    return await ask.services.reports.dismiss(ask.person, ask.number("id", Code.NO_SUCH_REPORT))


@route("POST", "/reports/{id}/remove", access=having(Right.MODERATE), answer=ReportShape, errors=_DECIDING)
async def remove(ask: Ask) -> Any:
    """Remove a reported message; of many moderators only the first one decides."""
    return await ask.services.reports.remove(ask.person, ask.number("id", Code.NO_SUCH_REPORT))
