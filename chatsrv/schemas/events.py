"""Events: the schema of everything that is pushed, and of catching up."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import fields

from chatsrv.schemas.achievements import AchievementShape
from chatsrv.schemas.articles import ArticleShape
from chatsrv.schemas.base import Flag, Many, Number, Shape, Text
from chatsrv.schemas.board import BannerShape, EventShape
from chatsrv.schemas.faults import FaultsShape
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


_OF_ROOMS: Final = (Chat, Membership, Place)

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


EPHEMERAL: Final = frozenset({Receipt, Sighting, Typing, Lost})
"""What is told and not kept: its event has no number."""

PUSHED: Final[Mapping[str, tuple[str, tuple[type, ...]]]] = {
    "message.new": ("A message was sent.", (Message,)),
    "message.edited": ("A message was changed.", (Message,)),
    "message.deleted": ("A message was deleted; a tombstone stays.", (Message,)),
    "message.voted": ("Somebody, `voter`, voted for a message or took the vote back.", (Message,)),
    "chat.updated": ("A chat has changed, or a member's name, or on `user:<id>` one's place in it.", _OF_ROOMS),
    "chat.joined": ("Somebody came into a chat; on `user:<id>` one gained a room.", _OF_ROOMS[1:]),
    "chat.left": ("Somebody left a chat; on `user:<id>` one lost a room.", _OF_ROOMS[1:]),
    "read": ("On `user:<id>` one has read on; in a small room somebody has.", (Place, Receipt)),
    "notification.new": ("On `user:<id>`: there is news.", (Notification,)),
    "notification.read": ("On `user:<id>`: a notification was read, on whatever device.", (Notification,)),
    "notification.edited": ("On `user:<id>`: whom a notification speaks of is no more.", (Notification,)),
    "report.pending": ("To moderators: a message was reported.", (Report,)),
    "report.decided": ("To moderators: a report was decided; it is blank from now on.", (Report,)),
    "article.new": ("An article was published.", (Article,)),
    "article.edited": ("An article was changed.", (Article,)),
    "article.deleted": ("An article was deleted.", (Article,)),
    "goal.shared": ("A goal was shown to a chat.", (SharedGoal,)),
    "goal.progress": ("A goal that a chat sees has changed.", (SharedGoal,)),
    "goal.unshared": ("A goal is shown to a chat no more.", (SharedGoal,)),
    "achievement.pending": ("To moderators and its student: an achievement waits.", (Achievement,)),
    "achievement.moderated": ("To moderators and its student: an achievement was decided.", (Achievement,)),
    "event.new": ("A school event was announced.", (SchoolEvent,)),
    "event.edited": ("A school event was changed.", (SchoolEvent,)),
    "event.deleted": ("A school event was removed.", (SchoolEvent,)),
    "banner.new": ("A banner is there.", (Banner,)),
    "banner.edited": ("A banner was changed, shown or hidden.", (Banner,)),
    "banner.deleted": ("A banner was removed.", (Banner,)),
    "presence": ("Somebody has come or gone.", (Sighting,)),
    "typing": ("Somebody is writing.", (Typing,)),
    "reset": ("More was missed than is replayed: read the stream anew.", (Lost,)),
}
"""Every event of the server's: what it says, and what its data may be."""


class SyncShape(Shape):
    """Which streams the client has up to which number; ``epoch`` as an earlier answer gave it."""

    epoch = Text(allow_none=True)
    streams = fields.Dict(
        keys=Text(longest=64),
        values=Number(),
        load_default=dict,
        metadata={"description": "by the name of the stream, the number up to which the client has it"},
    )


class _News(fields.Field[Any]):
    """An event as a replay has it: its name, and what it carries."""

    described: ClassVar[Mapping[str, Any]] = {
        "type": "array",
        "prefixItems": [{"type": "string", "examples": ["message.new"]}, {"type": "object"}],
        "minItems": 2,
        "maxItems": 2,
    }


class StreamStateShape(Shape):
    """How far a stream is, and what was missed of it."""

    sometimes = frozenset({"head", "recovered", "reset", "error", "events"})

    head = Number(metadata={"description": "the stream's latest number, or up to which it was caught up"})
    recovered = Flag(metadata={"description": "whether everything up to `head` is there"})
    reset = Flag(
        metadata={"description": "too much was missed, or the epoch differs: read the stream anew", "x-seldom": True}
    )
    error = fields.Nested(FaultsShape, metadata={"x-seldom": True})
    events = Many(_News(), longest=100_000, metadata={"description": "what was missed, in order"})


class CaughtUpShape(Shape):
    """What came of catching up, stream by stream."""

    epoch = Text()
    streams = fields.Dict(keys=Text(), values=fields.Nested(StreamStateShape))

    def show(self, thing: Any) -> Any:
        """Return it as it is: what is in it was shown already."""
        return thing


def body(event: Event) -> dict[str, Any]:
    """Return what the event carries: ``{"stream", "seq", "data"}``, without ``seq`` when it is ephemeral."""
    data = SHAPES[type(event.thing)].show(event.thing)
    if event.seq is None:
        return {"stream": event.stream, "data": data}
    return {"stream": event.stream, "seq": event.seq, "data": data}
