"""Conversations: the list, one of them (TalkMachine seed)."""

from collections.abc import Sequence
from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.schemas.rooms import ConversationShape
from chatsrv.services.conversations import Conversation
from chatsrv.services.paging import Page
from chatsrv.services.rooms import CONVERSATION, Room
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes, paged

ROUTES = Routes(topic="talk")
route = ROUTES.route


def room_of(ask: Ask) -> Room:
    """Return the conversation that the path names."""
    return Room(CONVERSATION, ask.number("id", Code.NO_SUCH_CONVERSATION))


@route(
    "GET",
    "/conversations/page/{page}",
    "/messages/conversations/page/{page}",
    access=Access.STUDENT,
    answer=ConversationShape,
    errors=(Code.BAD_PAGE, Code.NO_SUCH_CONVERSATION),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of one's conversations, latest active first."""
    items, more = await ask.services.conversations.page(ask.person, ask.page, ask.before)
    return paged(Page(await _with_presence(ask, items), more), items[-1].id if items else None)


@route(
    "GET",
    "/conversations/{id}",
    access=Access.STUDENT,
    answer=ConversationShape,
    errors=(Code.NO_SUCH_CONVERSATION,),
)
async def details(ask: Ask) -> Any:
    """Read one conversation."""
    [shown] = await _with_presence(ask, [await ask.services.conversations.details(ask.person, room_of(ask))])
    return shown


async def _with_presence(ask: Ask, conversations: Sequence[Conversation]) -> list[tuple[Conversation, bool]]:
    online = await ask.services.presence.online(ask.person, (one.user.id for one in conversations))
    return [(conversation, conversation.user.id in online) for conversation in conversations]
