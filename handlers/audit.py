"""The audit log."""

from chatsrv.errors import Code
from chatsrv.schemas.audit import ActShape
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.routing import Paged, Routes, having, paged

ROUTES = Routes()
route = ROUTES.route


@route(
    "GET",
    "/audit/page/{page}",
    access=having(Right.AUDIT),
    answer=ActShape,
    errors=(Code.FORBIDDEN, Code.BAD_PAGE, Code.BAD_REQUEST),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of what moderators and admins did, latest first."""
    found = await ask.services.audit.page(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)
