"""Conversations of two; one begins with the first message (`Messages.send_to`)."""

from collections.abc import AsyncIterator

from chatsrv.client.rest import Rest
from chatsrv.client.things import Conversation


class Conversations:
    """One's conversations."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def all(self) -> AsyncIterator[Conversation]:
        """Give all of one's conversations, latest active first."""
        async for shown in self._rest.all("/conversations/page/1"):
            yield Conversation.of(shown)

    async def get(self, conversation: int) -> Conversation:
        """Return a conversation."""
        return Conversation.of(await self._rest.call("GET", f"/conversations/{conversation}"))
