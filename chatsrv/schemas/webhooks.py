"""Webhooks: registering them, and how their deliveries fared."""

from typing import Any

from chatsrv.schemas.base import Choice, Flag, Many, Number, Shape, Text, Time, iso
from chatsrv.services.webhook_records import Delivery
from chatsrv.services.webhooks import CHAT_EVENTS, OWN_EVENTS, Webhook


class NewChatWebhookShape(Shape):
    """Where a chat's events go; all of them, or those that are named."""

    url = Text(required=True, shortest=1, longest=1000)
    events = Many(Choice(CHAT_EVENTS), longest=len(CHAT_EVENTS), load_default=list)


class NewOwnWebhookShape(Shape):
    """Where one's own notifications go."""

    url = Text(required=True, shortest=1, longest=1000)
    events = Many(Choice(OWN_EVENTS), longest=len(OWN_EVENTS), load_default=list)


class WebhookShape(Shape):
    """A registered webhook; ``secret`` is told once, ``due`` is when a failed delivery is tried again."""

    id = Text()
    stream = Text()
    url = Text()
    events = Many(Text(), longest=100)
    active = Flag()
    created = Time()
    failures = Number(metadata={"description": "deliveries given up since one went well"})
    due = Time(allow_none=True)
    secret = Text(allow_none=True)

    def show(self, thing: Webhook) -> dict[str, Any]:
        """Return the webhook as JSON values."""
        return thing._asdict() | {"created": iso(thing.created), "due": iso(thing.due) if thing.due else None}


class EnableShape(Shape):
    """How to go on: with what was missed, or with ``skip`` only with what comes from now on."""

    skip = Flag(load_default=False)


class DeliveryShape(Shape):
    """How one event fared at its latest attempt; ``code`` is the answer's status, 0 when there was none."""

    id = Text()
    type = Text(metadata={"description": "the event's name"})
    seq = Number(metadata={"description": "the event's number in its stream"})
    status = Text(metadata={"description": "delivered, retrying or failed"})
    attempts = Number()
    code = Number(metadata={"description": "the answer's status; 0 when there was none"})
    reason = Text(metadata={"description": "why there was no answer: timeout, unreachable, certificate, too large"})
    at = Time()
    milliseconds = Number()

    def show(self, thing: Delivery) -> dict[str, Any]:
        """Return the delivery as JSON values."""
        return thing._asdict() | {"at": iso(thing.at)}
