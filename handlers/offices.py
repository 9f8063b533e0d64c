"""Other people's accounts, for admins: roles, disabling (school seed, "User roles")."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.schemas.offices import AccountShape, RoleShape
from chatsrv.security import Role
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.routing import Paged, Routes, having, paged

ROUTES = Routes()
route = ROUTES.route
_OTHER = (Code.FORBIDDEN, Code.NO_SUCH_USER, Code.USER_DELETED, Code.NOT_YOURSELF)


@route(
    "GET",
    "/users/page/{page}",
    access=having(Right.PEOPLE),
    answer=AccountShape,
    errors=(Code.FORBIDDEN, Code.BAD_PAGE),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of all accounts, latest made first."""
    found = await ask.services.offices.page(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route(
    "GET",
    "/user/{nickname}/account",
    access=having(Right.PEOPLE),
    answer=AccountShape,
    errors=(Code.FORBIDDEN, Code.NO_SUCH_USER, Code.USER_DELETED),
)
async def account(ask: Ask) -> Any:
    """Read somebody's account, by id or nickname."""
    return await ask.services.offices.account(ask.person, ask.text("nickname"))


@route(
    "POST",
    "/user/{nickname}/role",
    access=having(Right.PEOPLE),
    body=RoleShape,
    answer=AccountShape,
    errors=(*_OTHER, Code.REQUIRED_FIELD, Code.WRONG_TYPE, Code.OUT_OF_RANGE),
)
async def promote(ask: Ask) -> Any:
    """Give a person, by id or nickname, a role: 0 student, 1 teacher, 2 admin."""
    return await ask.services.offices.promote(ask.person, ask.text("nickname"), Role(ask.body["role"]))


@route("POST", "/user/{nickname}/disable", access=having(Right.PEOPLE), answer=AccountShape, errors=_OTHER)
async def disable(ask: Ask) -> Any:
    """Disable an account: its sessions end and its connections are closed at once."""
    return await ask.services.offices.disable(ask.person, ask.text("nickname"), True)


@route("POST", "/user/{nickname}/enable", access=having(Right.PEOPLE), answer=AccountShape, errors=_OTHER)
async def enable(ask: Ask) -> Any:
    """Let an account log in again."""
    return await ask.services.offices.disable(ask.person, ask.text("nickname"), False)
