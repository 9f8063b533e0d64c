"""Bots: programs' accounts of one's own."""

from chatsrv.client.rest import Rest
from chatsrv.client.things import Bot


class Bots:
    """One's bots. Whoever has a bot's token is that bot: ``Client(url, token=bot.token)``."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def create(self, nickname: str, name: str = "") -> Bot:
        """Make a bot; its token is told this once."""
        return Bot.of(await self._rest.call("POST", "/bots", {"nickname": nickname, "name": name}))

    async def all(self) -> list[Bot]:
        """Return one's bots, without their tokens."""
        return [Bot.of(shown) for shown in await self._rest.call("GET", "/bots")]

    async def renew(self, id: int) -> Bot:
        """Give a bot a new token; the old one stops working at once."""
        return Bot.of(await self._rest.call("POST", f"/bots/{id}/token"))

    async def remove(self, id: int) -> None:
        """Delete a bot: it leaves its chats, its words stay."""
        await self._rest.call("DELETE", f"/bots/{id}")
