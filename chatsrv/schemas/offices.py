"""Accounts as admins see them."""

from chatsrv.schemas.base import Flag, Number, Shape
from chatsrv.schemas.people import MeShape


class AccountShape(MeShape):
    """Somebody's account."""

    disabled = Flag()
    deleted = Flag()
    guest = Flag()
    bot = Flag()


class RoleShape(Shape):
    """A role to be given."""

    role = Number(required=True, most=2)
