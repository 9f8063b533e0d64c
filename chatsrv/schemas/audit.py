"""The audit log as admins see it."""

from marshmallow import fields

from chatsrv.schemas.base import Number, Shape, Text, Time


class ActShape(Shape):
    """What somebody did; ``actor`` is "" for the command line."""

    id = Number()
    at = Time()
    action = Text()
    actor_id = Number()
    actor = Text()
    person_id = Number()
    person = Text()
    thing = Text()
    data = fields.Dict()
