"""Chats: founding, reading, inviting, leaving."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote

from chatsrv.client.rest import Rest
from chatsrv.client.things import ChatDetails, ChatSummary, Member


class Chats:
    """One's chats; people are named by nickname or id."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def create(self, name: str, users: Sequence[str] = (), *, avatar: str = "") -> ChatDetails:
        """Found a chat and invite people. It is not tried again once the server may have heard of it."""
        body = {"name": name, "users": list(users), "avatar": avatar}
        return ChatDetails.of(await self._rest.call("POST", "/chats", body))

    async def all(self) -> AsyncIterator[ChatSummary]:
        """Give all of one's chats, latest active first."""
        async for shown in self._rest.all("/chats/page/1"):
            yield ChatSummary.of(shown)

    async def get(self, chat: int) -> ChatDetails:
        """Return a chat."""
        return ChatDetails.of(await self._rest.call("GET", f"/chats/{chat}/details"))

    async def members(self, chat: int) -> list[Member]:
        """Return who is in a chat."""
        return [Member.of(shown) for shown in await self._rest.call("GET", f"/chats/{chat}/users")]

    async def edit(self, chat: int, *, name: str | None = None, avatar: str | None = None) -> ChatDetails:
        """Change what is given; only the chat's admin may."""
        given: dict[str, Any] = {"name": name, "avatar": avatar}
        body = {key: value for key, value in given.items() if value is not None}
        return ChatDetails.of(await self._rest.call("POST", f"/chats/{chat}/edit", body, repeatable=True))

    async def invite(self, chat: int, person: str | int) -> None:
        """Invite a person."""
        await self._rest.call("POST", f"/user/{quote(str(person), safe='')}/invite/{chat}", repeatable=True)

    async def exclude(self, chat: int, person: str | int) -> None:
        """Show a person out whom one, or one's guests, invited."""
        await self._rest.call("POST", f"/chats/{chat}/exclude/{quote(str(person), safe='')}")

    async def leave(self, chat: int) -> None:
        """Leave a chat."""
        await self._rest.call("POST", f"/chats/{chat}/leave")

    async def mute(self, chat: int, *, muted: bool = True) -> None:
        """Want no notices of a chat, or want them again."""
        await self._rest.call("POST", f"/chats/{chat}/{'mute' if muted else 'unmute'}", repeatable=True)
