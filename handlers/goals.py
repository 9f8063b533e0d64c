"""Goals, and the chats that see them."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.base import Number
from chatsrv.schemas.described.promises import named
from chatsrv.schemas.done import DoneShape
from chatsrv.schemas.goals import GoalChatShape, GoalEditShape, GoalShape, NewGoalShape, SharedGoalShape
from chatsrv.services.rooms import CHAT, Room
from handlers.asking import Ask
from handlers.belongings import BEFORE, OK, before, listed
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Paged, Routes

ROUTES = Routes(topic="growth", parameters=(named("id", "Its id."),))
route = ROUTES.route


@route(
    "POST",
    "/v0/goals/",
    access=Access.STUDENT,
    body=NewGoalShape,
    answer=GoalShape,
    errors=(*BOUNDED_FORM, Code.TOO_MANY_THINGS),
)
async def create(ask: Ask) -> Any:
    """Make a goal."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.goals.create(ask.person, **ask.body)


@route("GET", "/v0/goals/", access=Access.STUDENT, answer=GoalShape, errors=(Code.BAD_REQUEST,), parameters=(BEFORE,))
async def goals(ask: Ask) -> Paged:
    """Read a page of one's goals, the latest first."""
    return listed(await ask.services.dream_diary.goals.page(ask.person, before(ask)))


@route("GET", "/v0/goals/{id}", access=Access.STUDENT, answer=GoalShape, errors=(Code.NO_SUCH_GOAL,))
async def goal(ask: Ask) -> Any:
    """Read a goal with its tasks."""
    return await ask.services.dream_diary.goals.get(ask.person, ask.text("id"))


@route(
    "PUT",
    "/v0/goals/{id}",
    access=Access.STUDENT,
    body=GoalEditShape,
    answer=GoalShape,
    errors=(*BOUNDED_FORM, Code.NO_SUCH_GOAL),
)
async def edit(ask: Ask) -> Any:
    """Change the name, the due date or both."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.goals.edit(ask.person, ask.text("id"), ask.body)


@route("DELETE", "/v0/goals/{id}", access=Access.STUDENT, answer=DoneShape, errors=(Code.NO_SUCH_GOAL,))
async def delete(ask: Ask) -> Any:
    """Remove a goal with its tasks."""
    await ask.services.dream_diary.goals.delete(ask.person, ask.text("id"))
    return OK


@route(
    "POST",
    "/v0/goals/{id}/share",
    access=Access.STUDENT,
    body=GoalChatShape,
    answer=GoalShape,
    errors=(*BOUNDED_FORM, Code.NO_SUCH_GOAL, Code.NO_SUCH_CHAT, Code.TOO_MANY_THINGS),
)
async def share(ask: Ask) -> Any:
    """Show a goal's progress to a chat that one is in."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.goals.share(ask.person, ask.text("id"), ask.body["chat_id"])


@route(
    "POST",
    "/v0/goals/{id}/unshare",
    access=Access.STUDENT,
    body=GoalChatShape,
    answer=GoalShape,
    errors=(*BOUNDED_FORM, Code.NO_SUCH_GOAL),
)
async def unshare(ask: Ask) -> Any:
    """Show it there no longer."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.goals.unshare(ask.person, ask.text("id"), ask.body["chat_id"])


@route(
    "GET",
    "/v0/chats/{id}/goals",
    access=Access.STUDENT,
    answer=SharedGoalShape,
    errors=(Code.NO_SUCH_CHAT, Code.NO_SUCH_GOAL),
    parameters=(named("id", field=Number(least=1, metadata={"description": "A chat's id."})), BEFORE),
)
async def shared(ask: Ask) -> Paged:
    """Read a page of the goals that a chat is shown, ``?before=`` the id of one that it was shown."""
    room = Room(CHAT, ask.number("id", Code.NO_SUCH_CHAT))
    page = await ask.services.dream_diary.shares.page(ask.person, room, ask.request.query.get("before"))
    return Paged(page, page.items[-1].id if page.items else None)
