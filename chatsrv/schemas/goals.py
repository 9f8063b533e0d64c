"""Goals as their owners see them, and as the chats do that they are shared with (dream-diary seed, "task")."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.base import Flag, Number, Shape, Text
from chatsrv.schemas.moments import Seconds
from chatsrv.schemas.people import CardShape
from chatsrv.schemas.tasks import TaskShape

_CARD = CardShape()


class GoalEditShape(Shape):
    """What is absent stays; a null due date is none."""

    name = Text(shortest=1)
    due = Seconds(data_key="due_date", allow_none=True)


class NewGoalShape(Shape):
    """A goal needs a name."""

    name = Text(required=True, shortest=1)
    due = Seconds(data_key="due_date", allow_none=True, load_default=None)


class DreamGoalShape(Shape):
    """A goal made of a dream takes the dream's name by default."""

    name = Text(shortest=1, load_default=None)
    due = Seconds(data_key="due_date", allow_none=True, load_default=None)


class GoalChatShape(Shape):
    """Which chat sees the goal."""

    chat_id = Number(required=True)


class GoalShape(Shape):
    """A goal with its tasks in order; ``progress`` in percent."""

    id = Text()
    name = Text()
    tasks = fields.List(fields.Nested(TaskShape))
    user = fields.Function(lambda goal: str(goal.person), metadata={"type": "string"})
    due = Seconds(data_key="due_date", allow_none=True)
    dream = Text(allow_none=True)
    progress = Number(most=100)
    done = Flag()
    created = Seconds(data_key="created_date")


class SharedGoalShape(Shape):
    """What a chat sees of a goal; one that is ``shared`` no more has no name."""

    id = Text()
    name = Text()
    user = fields.Nested(CardShape)
    due = Seconds(data_key="due_date", allow_none=True)
    progress = Number(most=100)
    shared = Flag()
    rev = Number()

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the goal as JSON values."""
        return {
            "id": thing.id,
            "name": thing.name,
            "user": _CARD.show(thing.owner),
            "due_date": None if thing.due is None else thing.due // 1000,
            "progress": thing.progress,
            "shared": thing.shared,
            "rev": thing.rev,
        }
