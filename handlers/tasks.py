"""Tasks (dream-diary seed, "task"), in the order of their owner."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.base import Text
from chatsrv.schemas.described.promises import Parameter, named
from chatsrv.schemas.done import DoneShape
from chatsrv.schemas.tasks import NewTaskShape, TaskEditShape, TaskMoveShape, TaskShape
from handlers.asking import Ask
from handlers.belongings import OK
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Routes

ROUTES = Routes(topic="growth", parameters=(named("id", "Its id."),))
route = ROUTES.route
_FORM = (*BOUNDED_FORM, Code.NO_SUCH_ATTACHMENT)


@route(
    "POST",
    "/v0/task/",
    access=Access.STUDENT,
    body=NewTaskShape,
    answer=TaskShape,
    errors=(*_FORM, Code.NO_SUCH_GOAL, Code.TOO_MANY_THINGS),
)
async def create(ask: Ask) -> Any:
    """Add a task at the end of its goal's list, or of the tasks of no goal."""
    await ask.edge.rates.writes.take(ask.person.id)
    goal = ask.body.pop("goal")
    return await ask.services.dream_diary.tasks.create(ask.person, goal, ask.body)


@route(
    "GET",
    "/v0/task/",
    access=Access.STUDENT,
    answer=TaskShape,
    errors=(Code.NO_SUCH_GOAL,),
    parameters=(Parameter("query", "goal", Text(metadata={"description": "Of this goal; without it, of none."})),),
)
async def tasks(ask: Ask) -> list[Any]:
    """Read all tasks of ``?goal=``, or those of no goal, in order."""
    return await ask.services.dream_diary.tasks.tasks(ask.person, ask.request.query.get("goal"))


@route("GET", "/v0/task/{id}", access=Access.STUDENT, answer=TaskShape, errors=(Code.NO_SUCH_TASK,))
async def task(ask: Ask) -> Any:
    """Read a task."""
    return await ask.services.dream_diary.tasks.get(ask.person, ask.text("id"))


@route(
    "PUT",
    "/v0/task/{id}",
    access=Access.STUDENT,
    body=TaskEditShape,
    answer=TaskShape,
    errors=(*_FORM, Code.NO_SUCH_TASK, Code.NO_SUCH_GOAL, Code.TOO_MANY_THINGS),
)
async def edit(ask: Ask) -> Any:
    """Change what is given of a task, finish it, open it again."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.tasks.edit(ask.person, ask.text("id"), ask.body)


@route(
    "POST",
    "/v0/task/{id}/move",
    access=Access.STUDENT,
    body=TaskMoveShape,
    answer=TaskShape,
    errors=(Code.WRONG_TYPE, Code.NO_SUCH_TASK),
)
async def move(ask: Ask) -> list[Any]:
    """Put a task after another one of its list, or first; answer with the list."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.dream_diary.tasks.move(ask.person, ask.text("id"), ask.body["after"])


@route("DELETE", "/v0/task/{id}", access=Access.STUDENT, answer=DoneShape, errors=(Code.NO_SUCH_TASK,))
async def delete(ask: Ask) -> Any:
    """Remove a task."""
    await ask.services.dream_diary.tasks.delete(ask.person, ask.text("id"))
    return OK
