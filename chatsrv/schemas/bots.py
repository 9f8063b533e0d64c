"""Bots: making one, and what their owner sees of them."""

from typing import Any

from chatsrv.schemas.base import Nickname, Shape, Text, Time
from chatsrv.schemas.people import CardShape


class NewBotShape(Shape):
    """A bot to be made."""

    nickname = Nickname(required=True)
    name = Text(longest=100)


class BotShape(CardShape):
    """A bot; ``token`` is told once."""

    created = Time()
    token = Text(allow_none=True, metadata={"description": "told once, when it is made; null afterwards"})

    def show(self, thing: Any) -> Any:
        """Return the bot as its owner sees it."""
        return self.dump(thing.person._asdict() | {"token": thing.token})
