"""Chats: founding, reading, inviting, excluding, leaving (TalkMachine seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE, named
from chatsrv.schemas.rooms import (
    ChatDetailsShape,
    ChatEditShape,
    ChatSummaryShape,
    MemberShape,
    NewChatShape,
)
from chatsrv.services.rooms import CHAT, Room
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.routing import Access, Paged, Routes, paged

ROUTES = Routes(topic="talk")
route = ROUTES.route
_FORM = (*FORM, Code.BAD_ADDRESS)


def room_of(ask: Ask, name: str = "id") -> Room:
    """Return the chat that the path names."""
    return Room(CHAT, ask.number(name, Code.NO_SUCH_CHAT))


@route(
    "POST",
    "/chats",
    access=Access.STUDENT,
    body=NewChatShape,
    answer=ChatDetailsShape,
    errors=(*_FORM, Code.NO_SUCH_USER, Code.USER_DELETED, Code.NOT_REACHABLE, Code.TOO_MANY_CHATS, Code.CHAT_FULL),
)
async def create(ask: Ask) -> Any:
    """Found a chat and invite people."""
    return await ask.services.chats.create(ask.person, **ask.body)


@route(
    "GET",
    "/chats/page/{page}",
    access=Access.STUDENT,
    answer=ChatSummaryShape,
    errors=(Code.BAD_PAGE,),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of one's chats, latest active first."""
    chats = await ask.services.chats.page(ask.person, ask.page, ask.before)
    return paged(chats, chats.items[-1].chat.id if chats.items else None)


@route("GET", "/chats/{id}/details", access=Access.STUDENT, answer=ChatDetailsShape, errors=(Code.NO_SUCH_CHAT,))
async def details(ask: Ask) -> Any:
    """Read a chat's details."""
    return await ask.services.chats.details(ask.person, room_of(ask))


@route("GET", "/chats/{id}/users", access=Access.STUDENT, answer=MemberShape, errors=(Code.NO_SUCH_CHAT,))
async def users(ask: Ask) -> list[Any]:
    """Read who is in a chat."""
    members = await ask.services.members.seen(ask.person, room_of(ask))
    online = await ask.services.presence.online(ask.person, (member.user.id for member in members))
    return [(member, member.user.id in online) for member in members]


@route(
    "POST",
    "/user/{id}/invite/{chat}",
    access=Access.STUDENT,
    parameters=(named("id", "A nickname, or an id."),),
    errors=(
        Code.NO_SUCH_CHAT,
        Code.NO_SUCH_USER,
        Code.USER_DELETED,
        Code.NOT_REACHABLE,
        Code.CHAT_FULL,
        Code.TOO_MANY_CHATS,
    ),
)
async def invite(ask: Ask) -> None:
    """Invite a person, by id or nickname, to a chat."""
    room = await ask.services.rooms.enter(ask.person.id, room_of(ask, "chat"))
    await ask.services.members.invite(ask.person, await ask.services.people.by_name(ask.text("id")), room)


@route(
    "POST",
    "/chats/{id}/edit",
    access=Access.STUDENT,
    body=ChatEditShape,
    answer=ChatDetailsShape,
    errors=(*_FORM, Code.NO_SUCH_CHAT, Code.ONLY_ADMIN),
)
async def edit(ask: Ask) -> Any:
    """Change a chat's name or avatar."""
    body = ask.body
    return await ask.services.chats.edit(ask.person, room_of(ask), body.get("name"), body.get("avatar"))


@route("POST", "/chats/{id}/leave", access=Access.STUDENT, errors=(Code.NO_SUCH_CHAT,))
async def leave(ask: Ask) -> None:
    """Leave a chat."""
    await ask.services.chats.leave(ask.person, room_of(ask))


@route(
    "POST",
    "/chats/{id}/exclude/{user}",
    access=Access.STUDENT,
    errors=(Code.NO_SUCH_CHAT, Code.NO_SUCH_USER, Code.NOT_A_MEMBER, Code.MAY_NOT_EXCLUDE),
)
async def exclude(ask: Ask) -> None:
    """Exclude a person, by id or nickname, from a chat."""
    room = await ask.services.rooms.enter(ask.person.id, room_of(ask))
    await ask.services.chats.exclude(ask.person, room, await ask.services.people.by_name(ask.text("user")))


@route("POST", "/chats/{id}/mute", access=Access.STUDENT, errors=(Code.NO_SUCH_CHAT,))
async def mute(ask: Ask) -> None:
    """Want no notices of a chat."""
    await ask.services.chats.mute(ask.person, room_of(ask), True)


@route("POST", "/chats/{id}/unmute", access=Access.STUDENT, errors=(Code.NO_SUCH_CHAT,))
async def unmute(ask: Ask) -> None:
    """Want notices of a chat again."""
    await ask.services.chats.mute(ask.person, room_of(ask), False)
