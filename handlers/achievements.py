"""Achievements: submitting, deciding, reading, the leaderboard (school seed)."""

from typing import Any

from aiohttp import web

from chatsrv.errors import Code
from chatsrv.schemas.achievements import AchievementShape, NewAchievementShape, PointsShape, RankedShape, ReasonShape
from chatsrv.schemas.described.promises import BEFORE, IDEMPOTENCY_KEY, Media
from chatsrv.services.achievements import Achievement
from chatsrv.services.paging import Page
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.downloading import send
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes(topic="school")
route = ROUTES.route
_PAGE = (Code.BAD_PAGE, Code.NO_SUCH_ACHIEVEMENT)
_DECIDING = (Code.FORBIDDEN, Code.NO_SUCH_ACHIEVEMENT, Code.ALREADY_MODERATED, Code.TOO_BUSY)
_ZIP = {
    "Content-Type": "application/zip",
    "Content-Disposition": 'attachment; filename="achievements.zip"',
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def _paged(page: Page[Achievement]) -> Paged:
    return paged(page, page.items[-1].id if page.items else None)


@route(
    "POST",
    "/achievements",
    access=Access.STUDENT,
    body=NewAchievementShape,
    answer=AchievementShape,
    errors=(
        *BOUNDED_FORM,
        Code.NO_SUCH_ATTACHMENT,
        Code.BAD_PROOF,
        Code.NONCE_IN_FLIGHT,
        Code.NONCE_REUSED,
        Code.TOO_MANY_REQUESTS,
    ),
    parameters=(IDEMPOTENCY_KEY,),
)
async def submit(ask: Ask) -> Any:
    """Submit an achievement to the moderators."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.achievements.submit(ask.person, **ask.body, nonce=ask.nonce)


@route(
    "GET",
    "/achievements/page/{page}",
    access=Access.STUDENT,
    answer=AchievementShape,
    errors=_PAGE,
    parameters=(BEFORE,),
)
async def own(ask: Ask) -> Paged:
    """Read a page of one's own achievements, newest first."""
    return _paged(await ask.services.honours.own(ask.person, ask.page, ask.before))


@route(
    "GET",
    "/achievements/pending/page/{page}",
    access=Access.STUDENT,
    answer=AchievementShape,
    errors=_PAGE,
    parameters=(BEFORE,),
)
async def waiting(ask: Ask) -> Paged:
    """Read a page of one's own achievements that wait for a moderator, oldest first."""
    return _paged(await ask.services.honours.waiting(ask.person, ask.page, ask.before))


@route(
    "GET",
    "/achievements/queue/page/{page}",
    access=having(Right.MODERATE),
    answer=AchievementShape,
    errors=(*_PAGE, Code.FORBIDDEN),
    parameters=(BEFORE,),
)
async def queue(ask: Ask) -> Paged:
    """Read a page of everybody's achievements that wait, oldest first; `?before=` goes on after one."""
    return _paged(await ask.services.honours.queue(ask.person, ask.page, ask.before))


@route(
    "GET",
    "/achievements/export",
    access=Access.STUDENT,
    errors=(Code.TOO_MANY_REQUESTS,),
    gives=Media("application/zip", "A table of them, and the proofs."),
)
async def export(ask: Ask) -> Any:
    """Download one's accepted achievements and their proofs as a zip."""
    await ask.edge.rates.writes.take(ask.person.id)
    parts = ask.services.honours.export(ask.person)
    return await send(ask.request, web.StreamResponse(headers=_ZIP), parts, patience=ask.edge.files.patience_seconds)


@route(
    "GET",
    "/achievements/{id}",
    access=Access.STUDENT,
    answer=AchievementShape,
    errors=(Code.NO_SUCH_ACHIEVEMENT,),
)
async def details(ask: Ask) -> Any:
    """Read an achievement: one's own, an accepted one, or any as a moderator."""
    return await ask.services.achievements.details(ask.person, ask.number("id", Code.NO_SUCH_ACHIEVEMENT))


@route(
    "POST",
    "/achievements/{id}/accept",
    access=having(Right.MODERATE),
    body=PointsShape,
    answer=AchievementShape,
    errors=(*BOUNDED_FORM, *_DECIDING),
)
async def accept(ask: Ask) -> Any:
    """Accept an achievement; of many moderators only the first one decides."""
    id = ask.number("id", Code.NO_SUCH_ACHIEVEMENT)
    return await ask.services.achievements.accept(ask.person, id, ask.body["points"])


@route(
    "POST",
    "/achievements/{id}/reject",
    access=having(Right.MODERATE),
    body=ReasonShape,
    answer=AchievementShape,
    errors=(*BOUNDED_FORM, *_DECIDING),
)
async def reject(ask: Ask) -> Any:
    """Reject an achievement, saying why."""
    id = ask.number("id", Code.NO_SUCH_ACHIEVEMENT)
    return await ask.services.achievements.reject(ask.person, id, ask.body["reason"])


@route(
    "GET",
    "/user/{nickname}/achievements/page/{page}",
    access=Access.STUDENT,
    answer=AchievementShape,
    errors=(*_PAGE, Code.NO_SUCH_USER, Code.USER_DELETED),
    parameters=(BEFORE,),
)
async def accepted(ask: Ask) -> Paged:
    """Read a page of somebody's accepted achievements."""
    student = await ask.services.people.by_name(ask.text("nickname"))
    return _paged(await ask.services.honours.accepted(ask.person, student, ask.page, ask.before))


@route("GET", "/leaderboard", access=Access.STUDENT, answer=RankedShape)
async def best(ask: Ask) -> list[Any]:
    """Read who has the highest ratings."""
    return (await ask.services.honours.leaderboard()).items


@route(
    "GET",
    "/leaderboard/page/{page}",
    access=Access.STUDENT,
    answer=RankedShape,
    errors=(Code.BAD_PAGE,),
)
async def leaderboard(ask: Ask) -> Paged:
    """Read a page of the leaderboard, the highest rating first."""
    return paged(await ask.services.honours.leaderboard(ask.page))
