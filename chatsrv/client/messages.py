"""Messages: sending each once, reading, changing, voting."""

import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote

from chatsrv.client.rest import Rest
from chatsrv.client.streams import Room, path_of
from chatsrv.client.things import Message, Votes


class Messages:
    """Messages of chats and conversations.

    A change carries a key, the caller's own or a new one: whoever keeps their key may ask again after a crash, too.
    """

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def send(
        self, room: Room, text: str = "", *, parent: int = 0, attachments: Sequence[str] = (), key: str | None = None
    ) -> Message:
        """Send a message; ``attachments`` are ids of one's own uploads."""
        return await self._send(f"{path_of(room)}/messages", text, parent, attachments, key)

    async def send_to(
        self, person: str, text: str = "", *, parent: int = 0, attachments: Sequence[str] = (), key: str | None = None
    ) -> Message:
        """Send a message to a person, opening the conversation with them."""
        return await self._send(f"/user/{quote(person, safe='')}/message", text, parent, attachments, key)

    async def of(self, room: Room) -> AsyncIterator[Message]:
        """Give all messages of a room, newest first, as many pages as are asked for."""
        async for shown in self._rest.all(f"{path_of(room)}/messages"):
            yield Message.of(shown)

    async def get(self, id: int) -> Message:
        """Return a message."""
        return Message.of(await self._rest.call("GET", f"/message/{id}/details"))

    async def edit(self, id: int, text: str, *, key: str | None = None) -> Message:
        """Change the text of one's own message."""
        body = {"text": text}
        return Message.of(await self._rest.call("POST", f"/message/{id}/edit", body, key=key or _new_key()))

    async def delete(self, id: int) -> None:
        """Delete one's own message; a tombstone stays."""
        await self._rest.call("POST", f"/message/{id}/delete")

    async def vote(self, id: int, *, key: str | None = None) -> Votes:
        """Vote for a message, or take the vote back."""
        return Votes.of(await self._rest.call("POST", f"/message/{id}/vote", key=key or _new_key()))

    async def voted(self) -> AsyncIterator[Message]:
        """Give all messages that one voted for."""
        async for shown in self._rest.all("/messages/voted/page/1"):
            yield Message.of(shown)

    async def read(self, room: Room, id: int) -> None:
        """Mark a room as read up to this message."""
        await self._rest.call("POST", f"{path_of(room)}/read", {"id": id}, repeatable=True)

    async def _send(self, path: str, text: str, parent: int, attachments: Sequence[str], key: str | None) -> Message:
        body: dict[str, Any] = {"text": text, "parent_id": parent, "attachments": list(attachments)}
        return Message.of(await self._rest.call("POST", path, body, key=key or _new_key()))


def _new_key() -> str:
    return secrets.token_urlsafe(16)
