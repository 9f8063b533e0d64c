"""Groups: making, changing, filling, founding their chats (school seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.schemas.groups import GroupEditShape, GroupShape, GroupUsersShape, NewGroupShape
from chatsrv.schemas.people import CardShape
from chatsrv.schemas.rooms import ChatDetailsShape
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Paged, Routes, having, paged

ROUTES = Routes(topic="school")
route = ROUTES.route
_USERS = (Code.NO_SUCH_USER, Code.USER_DELETED, Code.GROUP_FULL)
_ONE = (Code.FORBIDDEN, Code.NO_SUCH_GROUP)


@route(
    "POST",
    "/groups",
    access=having(Right.GROUPS),
    body=NewGroupShape,
    answer=GroupShape,
    errors=(*BOUNDED_FORM, *_USERS, Code.FORBIDDEN, Code.GROUP_NAME_TAKEN),
)
async def create(ask: Ask) -> Any:
    """Make a group, with people or empty."""
    return await ask.services.groups.create(ask.person, **ask.body)


@route("GET", "/groups/own", access=Access.STUDENT, answer=GroupShape)
async def own(ask: Ask) -> list[Any]:
    """Read which groups one is in."""
    return await ask.services.groups.own(ask.person)


@route(
    "GET",
    "/groups/page/{page}",
    access=having(Right.GROUPS),
    answer=GroupShape,
    errors=(Code.BAD_PAGE, Code.FORBIDDEN),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of all groups, latest made first."""
    found = await ask.services.groups.page(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route(
    "POST",
    "/groups/{id}/edit",
    access=having(Right.GROUPS),
    body=GroupEditShape,
    answer=GroupShape,
    errors=(*BOUNDED_FORM, *_ONE, Code.GROUP_NAME_TAKEN),
)
async def edit(ask: Ask) -> Any:
    """Change a group's name or colour."""
    return await ask.services.groups.edit(ask.person, group_of(ask), ask.body)


@route("DELETE", "/groups/{id}", access=having(Right.GROUPS), errors=_ONE)
async def delete(ask: Ask) -> None:
    """Remove a group; its chat stays."""
    await ask.services.groups.delete(ask.person, group_of(ask))


@route(
    "GET",
    "/groups/{id}/users/page/{page}",
    access=having(Right.GROUPS),
    answer=CardShape,
    errors=(*_ONE, Code.BAD_PAGE),
)
async def users(ask: Ask) -> Paged:
    """Read a page of who is in a group."""
    return paged(await ask.services.groups.people(ask.person, group_of(ask), ask.page))


@route(
    "POST",
    "/groups/{id}/add",
    access=having(Right.GROUPS),
    body=GroupUsersShape,
    answer=GroupShape,
    errors=(*BOUNDED_FORM, *_ONE, *_USERS),
)
async def add(ask: Ask) -> Any:
    """Take people into a group."""
    return await ask.services.groups.add(ask.person, group_of(ask), ask.body["users"])


@route(
    "POST",
    "/groups/{id}/remove",
    access=having(Right.GROUPS),
    body=GroupUsersShape,
    answer=GroupShape,
    errors=(*BOUNDED_FORM, *_ONE, *_USERS),
)
async def remove(ask: Ask) -> Any:
    """Let people go from a group."""
    return await ask.services.groups.remove(ask.person, group_of(ask), ask.body["users"])


@route(
    "POST",
    "/groups/{id}/chat",
    access=having(Right.GROUPS),
    answer=ChatDetailsShape,
    errors=(*_ONE, Code.CHAT_FULL, Code.TOO_MANY_REQUESTS),
)
async def chat(ask: Ask) -> Any:
    """Found a chat with everyone of a group; again, bring in who is not in it."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.groups.chat(ask.person, group_of(ask))


def group_of(ask: Ask) -> int:
    """Return the id of the group that the path names."""
    return ask.number("id", Code.NO_SUCH_GROUP)
