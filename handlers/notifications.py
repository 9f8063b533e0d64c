"""Notifications: reading what one was told, and saying how one wants to be told (school seed)."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import BEFORE
from chatsrv.schemas.notifications import NotificationShape, SettingsShape, UnreadShape
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes, paged

ROUTES = Routes(topic="notifications")
route = ROUTES.route


@route(
    "GET",
    "/notifications/page/{page}",
    access=Access.STUDENT,
    answer=NotificationShape,
    errors=(Code.BAD_PAGE, Code.NO_SUCH_NOTIFICATION),
    parameters=(BEFORE,),
)
async def page(ask: Ask) -> Paged:
    """Read a page of one's notifications, newest first."""
    found = await ask.services.notifications.page(ask.person, ask.page, ask.before)
    return paged(found, found.items[-1].id if found.items else None)


@route("GET", "/notifications/unread", access=Access.STUDENT, answer=UnreadShape)
async def unread(ask: Ask) -> Any:
    """Read how many of one's notifications are unread."""
    return {"unread": await ask.services.notifications.unread(ask.person)}


@route("GET", "/notifications/settings", access=Access.STUDENT, answer=SettingsShape)
async def settings(ask: Ask) -> Any:
    """Read how one wants to be told."""
    return await ask.services.notifications.settings(ask.person)


@route(
    "POST",
    "/notifications/settings",
    access=Access.STUDENT,
    body=SettingsShape,
    answer=SettingsShape,
    errors=(Code.WRONG_TYPE, Code.REQUIRED_FIELD, Code.OUT_OF_RANGE),
)
async def change_settings(ask: Ask) -> Any:
    """Change how one wants to be told: the language, the switch of each kind, the quiet hours."""
    kinds = ask.body.pop("kinds")
    changed = await ask.services.notifications.set(ask.person, ask.body, kinds)
    ask.services.sessions.forget(ask.person.id)
    return changed


@route("POST", "/notifications/read", access=Access.STUDENT)
async def read_all(ask: Ask) -> None:
    """Mark all of one's notifications as read, on all of one's devices."""
    await ask.services.notifications.read_all(ask.person)


@route(
    "POST",
    "/notifications/{id}/read",
    access=Access.STUDENT,
    answer=NotificationShape,
    errors=(Code.NO_SUCH_NOTIFICATION, Code.TOO_BUSY),
)
async def read(ask: Ask) -> Any:
    """Mark a notification as read, on all of one's devices."""
    return await ask.services.notifications.read(ask.person, ask.number("id", Code.NO_SUCH_NOTIFICATION))
