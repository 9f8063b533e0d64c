"""chatsrv.client: a typed, asynchronous client of a chatsrv server; it needs nothing of the server's own code."""

from chatsrv.client.client import Client
from chatsrv.client.errors import ClientError, Refused, Unreachable
from chatsrv.client.live import Events
from chatsrv.client.position import Position
from chatsrv.client.rest import Keys
from chatsrv.client.things import (
    Account,
    Attachment,
    Bot,
    Chat,
    ChatDetails,
    ChatSummary,
    Conversation,
    Event,
    Member,
    Membership,
    Message,
    Notification,
    Peer,
    Person,
    Place,
    Profile,
    Upload,
    Votes,
    Words,
)

__all__ = [
    "Account",
    "Attachment",
    "Bot",
    "Chat",
    "ChatDetails",
    "ChatSummary",
    "Client",
    "ClientError",
    "Conversation",
    "Event",
    "Events",
    "Keys",
    "Member",
    "Membership",
    "Message",
    "Notification",
    "Peer",
    "Person",
    "Place",
    "Position",
    "Profile",
    "Refused",
    "Unreachable",
    "Upload",
    "Votes",
    "Words",
]
