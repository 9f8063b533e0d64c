"""Tasks (dream-diary seed, "task")."""

from chatsrv.schemas.attached import Attached
from chatsrv.schemas.base import Flag, Shape, Text
from chatsrv.schemas.moments import Seconds


class TaskEditShape(Shape):
    """What is absent stays; a null goal is nobody's task, a null due date none."""

    name = Text(shortest=1)
    text = Text(longest=100_000, lines=True)
    additional_data = Text(longest=100_000, lines=True)
    attachments = Attached()
    due = Seconds(data_key="due_date", allow_none=True)
    done = Flag()
    goal = Text(allow_none=True)


class NewTaskShape(TaskEditShape):
    """Dream-diary seed, "[POST] /task/"."""

    name = Text(required=True, shortest=1)
    text = Text(longest=100_000, lines=True, load_default="")
    additional_data = Text(longest=100_000, lines=True, load_default="")
    attachments = Attached(load_default=list)
    due = Seconds(data_key="due_date", allow_none=True, load_default=None)
    done = Flag(load_default=False)
    goal = Text(allow_none=True, load_default=None)


class TaskMoveShape(Shape):
    """After which task of the list to stand; without one, first."""

    after = Text(allow_none=True, load_default=None)


class TaskShape(TaskEditShape):
    """A task as its owner sees it."""

    id = Text()
    created = Seconds(data_key="created_date")
