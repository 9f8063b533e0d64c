"""Bots: making them, their tokens, their end."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.bots import BotShape, NewBotShape
from handlers.asking import Ask
from handlers.routing import Access, Routes

# Without a topic: neither an application nor a bot may have bots.
ROUTES = Routes()
route = ROUTES.route


@route(
    "POST",
    "/bots",
    access=Access.STUDENT,
    body=NewBotShape,
    answer=BotShape,
    errors=(
        Code.REQUIRED_FIELD,
        Code.WRONG_TYPE,
        Code.TOO_LONG,
        Code.BAD_CHARACTERS,
        Code.BAD_NICKNAME,
        Code.NICKNAME_TAKEN,
        Code.TOO_MANY_BOTS,
        Code.TOO_MANY_REQUESTS,
    ),
)
async def create(ask: Ask) -> Any:
    """Make a bot; its token is told this once."""
    await ask.edge.rates.registrations.take(ask.address)
    return await ask.services.bots.create(ask.person, **ask.body)


@route("GET", "/bots", access=Access.STUDENT, answer=BotShape)
async def own(ask: Ask) -> list[Any]:
    """List one's own bots, without their tokens."""
    return await ask.services.bots.own(ask.person)


@route("POST", "/bots/{id}/token", access=Access.STUDENT, answer=BotShape, errors=(Code.NO_SUCH_BOT,))
async def renew(ask: Ask) -> Any:
    """Give one's bot a new token; the old one stops working at once."""
    return await ask.services.bots.renew(ask.person, ask.number("id", Code.NO_SUCH_BOT))


@route("DELETE", "/bots/{id}", access=Access.STUDENT, errors=(Code.NO_SUCH_BOT,))
async def remove(ask: Ask) -> None:
    """Delete one's bot: it leaves its chats, its words stay."""
    await ask.services.bots.remove(ask.person, ask.number("id", Code.NO_SUCH_BOT))
