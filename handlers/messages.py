"""Messages of chats and conversations: sending, reading, changing, voting (TalkMachine seed)."""

from typing import Any

from chatsrv.errors import Code, Problem
from chatsrv.schemas.described.promises import AFTER, BEFORE, IDEMPOTENCY_KEY
from chatsrv.schemas.messages import (
    MessageDetailsShape,
    MessageEditShape,
    MessageShape,
    NewMessageShape,
    VotesShape,
)
from chatsrv.schemas.rooms import ReadShape
from chatsrv.services.messages import Message
from chatsrv.services.rooms import CHAT, Room
from handlers import chats, conversations
from handlers.asking import Ask
from handlers.forms import BOUNDED_FORM, KEYED
from handlers.routing import Access, Paged, Routes, paged

ROUTES = Routes(topic="talk")
route = ROUTES.route
_SENDING = (*BOUNDED_FORM, Code.EMPTY_MESSAGE, Code.NO_SUCH_PARENT, Code.NO_SUCH_ATTACHMENT, *KEYED)
_CHANGING = (Code.NO_SUCH_MESSAGE, Code.MESSAGE_DELETED, Code.NOT_YOUR_MESSAGE, Code.NOT_REACHABLE, Code.TOO_BUSY)


@route(
    "POST",
    "/chats/{id}/messages",
    access=Access.STUDENT,
    body=NewMessageShape,
    answer=MessageShape,
    errors=(*_SENDING, Code.NO_SUCH_CHAT),
    parameters=(IDEMPOTENCY_KEY,),
)
async def send_to_chat(ask: Ask) -> Any:
    """Send a message to a chat."""
    return await _send(ask, chats.room_of(ask))


@route(
    "POST",
    "/conversations/{id}/messages",
    access=Access.STUDENT,
    body=NewMessageShape,
    answer=MessageShape,
    errors=(*_SENDING, Code.NO_SUCH_CONVERSATION, Code.NOT_REACHABLE),
    parameters=(IDEMPOTENCY_KEY,),
)
async def send_to_conversation(ask: Ask) -> Any:
    """Send a message in a conversation."""
    return await _send(ask, conversations.room_of(ask))


@route(
    "POST",
    "/user/{nickname}/message",
    access=Access.STUDENT,
    body=NewMessageShape,
    answer=MessageShape,
    errors=(*_SENDING, Code.NO_SUCH_USER, Code.USER_DELETED, Code.NOT_YOURSELF, Code.NOT_REACHABLE),
    parameters=(IDEMPOTENCY_KEY,),
)
async def send_to_person(ask: Ask) -> Any:
    """Send a message to a person, opening the conversation with them."""
    if not ask.body["text"].strip() and not ask.body["attachments"]:
        raise Problem(Code.EMPTY_MESSAGE, field="text")
    other = await ask.services.people.by_name(ask.text("nickname"))
    return await _send(ask, await ask.services.conversations.open(ask.person, other))


@route(
    "GET",
    "/chats/{id}/messages/page/{page}",
    "/chats/{id}/messages",
    access=Access.STUDENT,
    answer=MessageShape,
    errors=(Code.BAD_PAGE, Code.NO_SUCH_CHAT, Code.NO_SUCH_MESSAGE),
    parameters=(BEFORE, AFTER),
)
async def page_of_chat(ask: Ask) -> Paged:
    """Read a page of a chat's messages, newest first."""
    return await _page(ask, chats.room_of(ask))


@route(
    "GET",
    "/conversations/{id}/messages/page/{page}",
    "/conversations/{id}/messages",
    access=Access.STUDENT,
    answer=MessageShape,
    errors=(Code.BAD_PAGE, Code.NO_SUCH_CONVERSATION, Code.NO_SUCH_MESSAGE),
    parameters=(BEFORE, AFTER),
)
async def page_of_conversation(ask: Ask) -> Paged:
    """Read a page of a conversation's messages, newest first."""
    return await _page(ask, conversations.room_of(ask))


@route(
    "POST",
    "/chats/{id}/read",
    access=Access.STUDENT,
    body=ReadShape,
    errors=(Code.NO_SUCH_CHAT, Code.NO_SUCH_MESSAGE),
)
async def read_chat(ask: Ask) -> None:
    """Mark a chat as read up to a message."""
    await _read(ask, chats.room_of(ask))


@route(
    "POST",
    "/conversations/{id}/read",
    access=Access.STUDENT,
    body=ReadShape,
    errors=(Code.NO_SUCH_CONVERSATION, Code.NO_SUCH_MESSAGE),
)
async def read_conversation(ask: Ask) -> None:
    """Mark a conversation as read up to a message."""
    await _read(ask, conversations.room_of(ask))


@route("GET", "/messages/voted/page/{page}", access=Access.STUDENT, answer=MessageShape, errors=(Code.BAD_PAGE,))
async def voted(ask: Ask) -> Paged:
    """Read a page of the messages that one voted for."""
    return paged(await ask.services.votes.page(ask.person, ask.page))


@route("GET", "/message/{id}/details", access=Access.STUDENT, answer=MessageDetailsShape, errors=_CHANGING[:2])
async def details(ask: Ask) -> Any:
    """Read one message."""
    return await _with_chat_name(ask, await ask.services.messages.details(ask.person, _id(ask)))


@route(
    "POST",
    "/message/{id}/vote",
    access=Access.STUDENT,
    answer=VotesShape,
    errors=_CHANGING,
    parameters=(IDEMPOTENCY_KEY,),
)
async def vote(ask: Ask) -> Any:
    """Vote for a message, or take the vote back."""
    return await ask.services.votes.toggle(ask.person, _id(ask), nonce=ask.nonce)


@route(
    "POST",
    "/message/{id}/edit",
    access=Access.STUDENT,
    body=MessageEditShape,
    answer=MessageDetailsShape,
    errors=(*_CHANGING, *_SENDING),
    parameters=(IDEMPOTENCY_KEY,),
)
async def edit(ask: Ask) -> Any:
    """Change one's own message."""
    given = ask.body.get("text"), ask.body.get("parent_id")
    return await _with_chat_name(ask, await ask.services.messages.edit(ask.person, _id(ask), *given, nonce=ask.nonce))


@route("POST", "/message/{id}/delete", access=Access.STUDENT, errors=_CHANGING)
async def delete(ask: Ask) -> None:
    """Delete one's own message; a tombstone stays."""
    await ask.services.messages.delete(ask.person, _id(ask))


def _id(ask: Ask) -> int:
    return ask.number("id", Code.NO_SUCH_MESSAGE)


async def _send(ask: Ask, room: Room) -> Message:
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.messages.send(ask.person, room, **ask.body, nonce=ask.nonce)


async def _page(ask: Ask, room: Room) -> Paged:
    messages = await ask.services.messages.page(ask.person, room, ask.page, ask.before, ask.after)
    return paged(messages, messages.items[-1].id if messages.items else None)


async def _read(ask: Ask, room: Room) -> None:
    receipt = await ask.services.presence.is_small(room)
    await ask.services.messages.read(ask.person, room, ask.body["id"], receipt=receipt)


async def _with_chat_name(ask: Ask, message: Message) -> tuple[Message, str | None]:
    if message.room.kind != CHAT:
        return message, None
    return message, (await ask.services.chats.details(ask.person, message.room)).chat.name
