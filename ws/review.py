"""A second look at who may hear what, for when a word about it may have been lost or overtaken on the way."""

from chatsrv.errors import Problem
from chatsrv.services import Services


class Review:
    """Asks storage; raises Unavailable when that is away."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def may_hear(self, person: int, stream: str) -> bool:
        """Whether the person may hear the stream now."""
        try:
            await self._services.rooms.hear(await self._services.people.get(person), stream)
        except Problem:
            return False
        return True

    async def hears(self, person: int, session: str) -> list[str] | None:
        """Return the streams that a connection of this session should hear, None when the session has ended."""
        try:
            asker = await self._services.sessions.check(person, session)
        except Problem:
            return None
        return await self._services.rooms.audible(asker.person)
