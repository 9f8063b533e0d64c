"""Notifications: what one was told."""

from collections.abc import AsyncIterator

from chatsrv.client.rest import Rest
from chatsrv.client.things import Notification


class Notifications:
    """One's notifications."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def all(self) -> AsyncIterator[Notification]:
        """Give all of one's notifications, newest first."""
        async for shown in self._rest.all("/notifications/page/1"):
            yield Notification.of(shown)

    async def unread(self) -> int:
        """Return how many are unread."""
        return int((await self._rest.call("GET", "/notifications/unread"))["unread"])

    async def read(self, id: int) -> Notification:
        """Mark one as read, on all of one's devices."""
        return Notification.of(await self._rest.call("POST", f"/notifications/{id}/read", repeatable=True))

    async def read_all(self) -> None:
        """Mark all as read."""
        await self._rest.call("POST", "/notifications/read", repeatable=True)
