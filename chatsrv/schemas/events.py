"""Events: the schema of everything that is pushed, and of catching up."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields

from chatsrv.schemas.achievements import AchievementShape
from chatsrv.schemas.articles import ArticleShape
from chatsrv.schemas.base import Number, Shape, Text
from chatsrv.schemas.board import BannerShape, EventShape
from chatsrv.schemas.goals import SharedGoalShape
from chatsrv.schemas.messages import MessageShape
from chatsrv.schemas.notifications import NotificationShape
from chatsrv.schemas.people import SightingShape
from chatsrv.schemas.reports import ReportShape
from chatsrv.schemas.rooms import ChatShape, MembershipShape, PlaceShape, ReceiptShape, TypingShape
from chatsrv.services.achievements import Achievement
from chatsrv.services.articles import Article
from chatsrv.services.attendance import Sighting
from chatsrv.services.banners import Banner
from chatsrv.services.chats import Chat
from chatsrv.services.events import SchoolEvent
from chatsrv.services.members import Membership
from chatsrv.services.messages import Message
from chatsrv.services.notifications import Notification
from chatsrv.services.places import Place, Receipt
from chatsrv.services.presence import Typing
from chatsrv.services.reports import Report
from chatsrv.services.shares import SharedGoal
from chatsrv.services.streams import Event, Lost


class LostShape(Shape):
    """The data of ``reset``: forget the stream, page through REST, go on from ``head``."""

    head = Number()


SHAPES: Final[Mapping[type, Shape]] = {
    Message: MessageShape(),
    Achievement: AchievementShape(),
    Article: ArticleShape(),
    Banner: BannerShape(),
    Chat: ChatShape(),
    Membership: MembershipShape(),
    Notification: NotificationShape(),
    Place: PlaceShape(),
    Receipt: ReceiptShape(),
    Report: ReportShape(),
    SchoolEvent: EventShape(),
    SharedGoal: SharedGoalShape(),
    Sighting: SightingShape(),
    Typing: TypingShape(),
    Lost: LostShape(),
}


class SyncShape(Shape):
    """Which streams the client has up to which number; ``epoch`` as an earlier answer gave it."""

    epoch = Text(allow_none=True)
    streams = fields.Dict(keys=Text(longest=64), values=Number(), load_default=dict)


def body(event: Event) -> dict[str, Any]:
    """Return what the event carries: ``{"stream", "seq", "data"}``, without ``seq`` when it is ephemeral."""
    data = SHAPES[type(event.thing)].show(event.thing)
    if event.seq is None:
        return {"stream": event.stream, "data": data}
    return {"stream": event.stream, "seq": event.seq, "data": data}
