"""Webhooks: registering, removing, trying them, seeing how they fare. No application may touch them."""

from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import named
from chatsrv.schemas.webhooks import (
    DeliveryShape,
    EnableShape,
    NewChatWebhookShape,
    NewOwnWebhookShape,
    WebhookShape,
)
from handlers.asking import Ask
from handlers.chats import room_of
from handlers.forms import BOUNDED_FORM
from handlers.routing import Access, Routes

ROUTES = Routes()
route = ROUTES.route
_NEW = (*BOUNDED_FORM, Code.BAD_WEBHOOK_ADDRESS, Code.TOO_MANY_WEBHOOKS)
_ID = named("id", "A webhook's id.")
_OF_CHAT = (Code.NO_SUCH_CHAT, Code.ONLY_ADMIN)


@route(
    "POST",
    "/chats/{id}/webhooks",
    access=Access.STUDENT,
    body=NewChatWebhookShape,
    answer=WebhookShape,
    errors=(*_NEW, *_OF_CHAT),
)
async def add_to_chat(ask: Ask) -> Any:
    """Have a chat's events sent to a URL; its admin may."""
    return await ask.services.webhooks.add_to_chat(ask.person, room_of(ask), **ask.body)


@route("GET", "/chats/{id}/webhooks", access=Access.STUDENT, answer=WebhookShape, errors=_OF_CHAT)
async def of_chat(ask: Ask) -> list[Any]:
    """List a chat's webhooks; its admin may."""
    return await ask.services.webhooks.of_chat(ask.person, room_of(ask))


@route(
    "POST",
    "/notifications/webhooks",
    access=Access.STUDENT,
    body=NewOwnWebhookShape,
    answer=WebhookShape,
    errors=_NEW,
)
async def add_own(ask: Ask) -> Any:
    """Have one's own notifications sent to a URL."""
    return await ask.services.webhooks.add_own(ask.person, **ask.body)


@route("GET", "/notifications/webhooks", access=Access.STUDENT, answer=WebhookShape)
async def own(ask: Ask) -> list[Any]:
    """List the webhooks of one's own notifications."""
    return await ask.services.webhooks.own(ask.person)


@route("DELETE", "/webhooks/{id}", parameters=(_ID,), access=Access.STUDENT, errors=(Code.NO_SUCH_WEBHOOK,))
async def remove(ask: Ask) -> None:
    """Remove one's own webhook."""
    await ask.services.webhooks.remove(ask.person, ask.text("id"))


@route(
    "POST",
    "/webhooks/{id}/rotate",
    parameters=(_ID,),
    access=Access.STUDENT,
    answer=WebhookShape,
    errors=(Code.NO_SUCH_WEBHOOK,),
)
async def rotate(ask: Ask) -> Any:
    """Give one's own webhook a new secret; the old one signs too for a while."""
    return await ask.services.webhooks.rotate(ask.person, ask.text("id"))


@route(
    "POST",
    "/webhooks/{id}/enable",
    parameters=(_ID,),
    access=Access.STUDENT,
    body=EnableShape,
    answer=WebhookShape,
    errors=(Code.NO_SUCH_WEBHOOK, Code.WRONG_TYPE),
)
async def enable(ask: Ask) -> Any:
    """Switch one's own webhook on again, with or without what it missed."""
    return await ask.services.webhooks.enable(ask.person, ask.text("id"), **ask.body)


@route(
    "POST",
    "/webhooks/{id}/ping",
    parameters=(_ID,),
    access=Access.STUDENT,
    answer=DeliveryShape,
    errors=(Code.NO_SUCH_WEBHOOK, Code.TOO_MANY_REQUESTS),
)
async def ping(ask: Ask) -> Any:
    """Send a test to one's own webhook, now and once."""
    await ask.edge.rates.pings.take(ask.person.id)
    return await ask.services.webhooks.ping(ask.person, ask.text("id"))


@route(
    "GET",
    "/webhooks/{id}/deliveries",
    parameters=(_ID,),
    access=Access.STUDENT,
    answer=DeliveryShape,
    errors=(Code.NO_SUCH_WEBHOOK,),
)
async def deliveries(ask: Ask) -> list[Any]:
    """List the latest deliveries of one's own webhook, latest first."""
    return await ask.services.webhooks.deliveries(ask.person, ask.text("id"))
