"""The client: who one is, and the way to everything else."""

from collections.abc import Callable
from typing import Any, Self
from weakref import WeakSet

import aiohttp

from chatsrv.client.bots import Bots
from chatsrv.client.chats import Chats
from chatsrv.client.conversations import Conversations
from chatsrv.client.files import Files
from chatsrv.client.live import Events
from chatsrv.client.messages import Messages
from chatsrv.client.notifications import Notifications
from chatsrv.client.people import People
from chatsrv.client.position import Position
from chatsrv.client.rest import Keys, Rest
from chatsrv.client.things import Account

_QUEUE = 1000


class Client:
    """One person, or bot, at one server: ``async with Client("http://127.0.0.1:9000", token=…) as client``.

    Several addresses of one server may be given; when one can not serve now, the next is tried. A call that fails for
    the moment is tried again for ``patience`` seconds where a repeat can not do more than was asked; a message is
    sent once, however often that takes. ``on_keys`` is told of new tokens, for whoever keeps them: a refresh token
    works once. Connections are the client's own, or those of ``http``, which stays open.

    Every call raises Refused, whose ``codes`` say why, or Unreachable.
    """

    def __init__(
        self,
        *addresses: str,
        token: str | None = None,
        refresh_token: str | None = None,
        patience: float = 30.0,
        on_keys: Callable[[Keys], None] | None = None,
        http: aiohttp.ClientSession | None = None,
    ) -> None:
        if not addresses:
            raise ValueError("a client needs the address of its server")
        keys = Keys(token or "", refresh_token) if token or refresh_token else None
        self._events: WeakSet[Events] = WeakSet()
        self.rest = Rest(addresses, keys, patience, on_keys, http)
        self.bots = Bots(self.rest)
        self.chats = Chats(self.rest)
        self.conversations = Conversations(self.rest)
        self.messages = Messages(self.rest)
        self.people = People(self.rest)
        self.notifications = Notifications(self.rest)
        self.files = Files(self.rest)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def open(self) -> Self:
        """Begin, where there is no ``async with``: `close` it at the end."""
        self.rest.open()
        return self

    async def close(self) -> None:
        """End all events and let go of the connections."""
        for events in list(self._events):
            await events.aclose()
        await self.rest.close()

    @property
    def keys(self) -> Keys | None:
        """The tokens in use; None before a login."""
        return self.rest.keys

    async def register(self, nickname: str, password: str, email: str, **more: Any) -> Account:
        """Make an account (``more``: name, language) and be that person from now on."""
        body = {"nickname": nickname, "password": password, "email": email, **more}
        return self._be(await self.rest.call("POST", "/user/register", body, public=True))

    async def login(self, name: str, password: str) -> Account:
        """Be the person of this email or nickname from now on."""
        body = {"email": name, "password": password}
        return self._be(await self.rest.call("POST", "/user/login", body, public=True))

    async def refresh(self) -> Keys:
        """Get new tokens; done by itself before they expire. A lost answer ends the session: log in again."""
        if self.rest.keys is None:
            raise RuntimeError("log in first")
        await self.rest.refresh(self.rest.keys.token)
        return self.rest.keys

    async def logout(self) -> None:
        """End the session and be nobody."""
        await self.rest.call("POST", "/user/logout")
        self.rest.forget()

    async def me(self) -> Account:
        """Return one's own account."""
        return Account.of(await self.rest.call("GET", "/user/me"))

    def events(self, position: Position | None = None, *, most: int = _QUEUE) -> Events:
        """Return what happens from now on, or after the position; see `Events`."""
        events = Events(self.rest, position, most)
        self._events.add(events)
        return events

    def _be(self, body: dict[str, Any]) -> Account:
        self.rest.keep(body)
        return Account.of(body)
