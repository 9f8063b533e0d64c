"""Bulletins: sending notifications of one's own words (school seed)."""

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import IDEMPOTENCY_KEY
from chatsrv.schemas.notifications import BulletinShape
from chatsrv.security import Role
from chatsrv.services.roles import Right
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.groups import group_of
from handlers.routing import Routes, having

ROUTES = Routes(topic="notifications")
route = ROUTES.route
_ERRORS = (*FORM, Code.FORBIDDEN, Code.TOO_MANY_REQUESTS)


@route(
    "POST",
    "/user/{nickname}/notify",
    access=having(Right.NOTIFY),
    body=BulletinShape,
    errors=(*_ERRORS, Code.NO_SUCH_USER, Code.USER_DELETED),
    parameters=(IDEMPOTENCY_KEY,),
)
async def to_person(ask: Ask) -> None:
    """Notify a person."""
    await ask.edge.rates.writes.take(ask.person.id)
    await ask.services.bulletins.to_person(ask.person, ask.text("nickname"), ask.body["text"], nonce=ask.nonce)


@route(
    "POST",
    "/groups/{id}/notify",
    access=having(Right.NOTIFY),
    body=BulletinShape,
    errors=(*_ERRORS, Code.NO_SUCH_GROUP),
    parameters=(IDEMPOTENCY_KEY,),
)
async def to_group(ask: Ask) -> None:
    """Notify everyone of a group."""
    await ask.edge.rates.writes.take(ask.person.id)
    await ask.services.bulletins.to_group(ask.person, group_of(ask), ask.body["text"], nonce=ask.nonce)


@route(
    "POST",
    "/notifications/moderators",
    access=having(Right.NOTIFY),
    body=BulletinShape,
    errors=_ERRORS,
    parameters=(IDEMPOTENCY_KEY,),
)
async def to_moderators(ask: Ask) -> None:
    """Notify all moderators."""
    await ask.edge.rates.writes.take(ask.person.id)
    await ask.services.bulletins.to_role(ask.person, Role.TEACHER, ask.body["text"], nonce=ask.nonce)


@route(
    "POST",
    "/notifications/everybody",
    access=having(Right.NOTIFY),
    body=BulletinShape,
    errors=_ERRORS,
    parameters=(IDEMPOTENCY_KEY,),
)
async def to_everybody(ask: Ask) -> None:
    """Notify everybody."""
    await ask.edge.rates.writes.take(ask.person.id)
    await ask.services.bulletins.to_role(ask.person, Role.STUDENT, ask.body["text"], nonce=ask.nonce)
