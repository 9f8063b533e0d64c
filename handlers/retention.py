"""Chats that forget."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.rooms import ChatDetailsShape, RetentionShape
from handlers.asking import Ask
from handlers.chats import room_of
from handlers.routing import Access, Routes

ROUTES = Routes(topic="talk")
route = ROUTES.route


@route(
    "POST",
    "/chats/{id}/retention",
    access=Access.STUDENT,
    body=RetentionShape,
    answer=ChatDetailsShape,
    errors=(Code.REQUIRED_FIELD, Code.WRONG_TYPE, Code.OUT_OF_RANGE, Code.NO_SUCH_CHAT, Code.ONLY_ADMIN),
)
async def retain(ask: Ask) -> Any:
    """Let a chat forget, for good, what was said in it so many days ago."""
    return await ask.services.retention.set(ask.person, room_of(ask), ask.body["days"] or None)
