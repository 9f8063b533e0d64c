"""The simple HTTP chat, as its own clients know it (simple-http-chat seed): POSTs that answer with ids or lists."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.base import Number
from chatsrv.schemas.guests import (
    GuestMessageShape,
    GuestShape,
    InChatShape,
    NewGuestShape,
    NewOpenChatShape,
    OpenChatShape,
    OpenMessageShape,
)
from chatsrv.schemas.rooms import ChatDetailsShape
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.routing import Access, Routes, answer

ROUTES = Routes()
route = ROUTES.route
_MADE = Number(metadata={"description": "the id of what was made"})


@route(
    "POST",
    "/users/add",
    access=Access.ANYONE,
    body=NewGuestShape,
    gives=_MADE,
    errors=(*FORM, Code.BAD_NICKNAME, Code.NICKNAME_TAKEN, Code.TOO_MANY_REQUESTS),
)
async def add_user(ask: Ask) -> Any:
    """Make a guest and answer with its id."""
    await ask.edge.rates.registrations.take(ask.address)
    return answer((await ask.services.guests.add(ask.body["username"])).id)


@route(
    "POST",
    "/chats/add",
    access=Access.ANYONE,
    body=NewOpenChatShape,
    gives=_MADE,
    errors=(*FORM, Code.NO_SUCH_USER, Code.CHAT_NAME_TAKEN, Code.CHAT_FULL, Code.TOO_MANY_CHATS),
)
async def add_chat(ask: Ask) -> Any:
    """Make an open chat of guests and answer with its id."""
    await ask.edge.rates.writes.take(ask.address)
    return answer(await ask.services.guests.add_chat(ask.body["name"], ask.body["users"]))


@route(
    "POST",
    "/messages/add",
    access=Access.ANYONE,
    body=GuestMessageShape,
    gives=_MADE,
    errors=(*FORM, Code.EMPTY_MESSAGE, Code.NO_SUCH_CHAT, Code.NO_SUCH_USER, Code.TOO_MANY_REQUESTS),
)
async def add_message(ask: Ask) -> Any:
    """Send a guest's message and answer with its id."""
    await ask.edge.rates.writes.take(ask.body["author"])
    return answer((await ask.services.guests.say(**ask.body)).id)


@route(
    "POST",
    "/chats/get",
    access=Access.ANYONE,
    body=GuestShape,
    answer=OpenChatShape,
    errors=(*FORM, Code.NO_SUCH_USER),
)
async def get_chats(ask: Ask) -> list[Any]:
    """Read a guest's chats, the one with the latest message first."""
    return await ask.services.guests.chats(ask.body["user"])


@route(
    "POST",
    "/messages/get",
    access=Access.ANYONE,
    body=InChatShape,
    answer=OpenMessageShape,
    errors=(*FORM, Code.NO_SUCH_CHAT),
)
async def get_messages(ask: Ask) -> list[Any]:
    """Read an open chat's messages, oldest first."""
    return await ask.services.guests.messages(ask.body["chat"])


@route(
    "POST",
    "/chats/{id}/join",
    access=Access.STUDENT,
    answer=ChatDetailsShape,
    errors=(Code.NO_SUCH_CHAT, Code.CHAT_FULL, Code.TOO_MANY_CHATS),
)
async def join(ask: Ask) -> Any:
    """Come into an open chat with one's account."""
    room = await ask.services.guests.join(ask.person, ask.number("id", Code.NO_SUCH_CHAT))
    return await ask.services.chats.details(ask.person, room)
