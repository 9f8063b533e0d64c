"""Errors, as every answer that is one has them (TalkMachine seed, "Ошибки форм")."""

from marshmallow import fields

from chatsrv.schemas.base import Number, Shape, Text


class AeoShape(Shape):
    """An atomic message: a code, its sentence, and what there is to give back."""

    sometimes = frozenset({"d"})

    c = Number(metadata={"description": "channel (2 bits), result (2), topic (4), subtopic (8): docs/errors.md"})
    t = Text()
    d = fields.Raw(metadata={"description": "what was wrong, or what would be right"})


class FaultsShape(Shape):
    """What is wrong with the request as a whole, and with each of its fields."""

    sometimes = frozenset({"error", "error_description"})

    whole = fields.List(fields.Nested(AeoShape), data_key="global")
    fields_ = fields.Dict(keys=Text(), values=fields.List(fields.Nested(AeoShape)), data_key="fields")
    error = Text(
        metadata={
            "description": "in the words of the forum, or of RFC 6749, where a route speaks these",
            "x-seldom": True,
        }
    )
    error_description = Text(metadata={"description": "RFC 6749, 5.2", "x-seldom": True})
