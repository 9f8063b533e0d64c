"""Sessions: opened by logging in, kept by refreshing, ended for good by logging out."""

from collections.abc import Sequence
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.security import Tokens, digest, new_secret
from chatsrv.services.people import People, Person
from chatsrv.services.recent import Recent
from chatsrv.services.scopes import SCOPES
from chatsrv.services.streams import Revoke, Streams
from storage.base import Collection, Missing, Record, Stale, Storage

SESSIONS = Collection("sessions", indexes=(("person",),))
_MOST = 100
_BOT_SECONDS = 10 * 365 * 86_400
BOT = "bot"
"""What a bot's session has for an application."""


class Asker(NamedTuple):
    """Who asks, and in which session; ``application`` when it is a program that the person lets act for them.

    Then ``scopes`` is all that it may do.
    """

    person: Person
    session: str
    application: str | None = None
    scopes: frozenset[str] = frozenset()

    def demand(self, scope: str | None) -> None:
        """Return if this may be done in the session; what has no scope only in the person's own.

        Raises Problem OUT_OF_SCOPE, or NOT_FOR_BOTS.
        """
        if self.application is not None and scope not in self.scopes:
            raise Problem(Code.NOT_FOR_BOTS if self.person.bot else Code.OUT_OF_SCOPE, data=scope)


class Grant(NamedTuple):
    """What opens a session: the access token lasts ``expires_in`` seconds, the refresh token works once."""

    token: str
    refresh_token: str
    expires_in: int


class Sessions:
    """Opens, checks and ends sessions. Only a digest of the refresh token is stored."""

    def __init__(
        self, storage: Storage, people: People, streams: Streams, tokens: Tokens, clock: Clock, *, refresh_days: int
    ) -> None:
        self._storage = storage
        self._people = people
        self._streams = streams
        self._tokens = tokens
        self._clock = clock
        self._refresh_milliseconds = refresh_days * 86_400_000
        self._recent: Recent[str, Asker] = Recent(clock)

    async def of(self, token: str, *, fresh: bool = False) -> Asker:
        """Return who asks with this access token. Raises Problem BAD_TOKEN or TOKEN_EXPIRED.

        Who asked a moment ago is remembered for half a second: for that long, at most, an end of the session or a
        change of the person that another process made is not noticed here. ``fresh`` looks in any case.
        """
        claims = self._tokens.read(token)
        asker = None if fresh else self._recent.get(claims.session)
        if asker is None or asker.person.id != claims.person:
            asker = await self.check(claims.person, claims.session)
            self._recent.put(claims.session, asker)
        return asker

    def link(self, asker: Asker, path: str, *, minutes: int) -> str:
        """Return a token that lets whoever has it read this path as the asker, for so long or until they log out."""
        return self._tokens.link(asker.person.id, asker.session, path, seconds=minutes * 60)

    async def of_link(self, token: str, path: str) -> Asker:
        """Return who made the link to this path. Raises Problem BAD_TOKEN or TOKEN_EXPIRED."""
        claims = self._tokens.read_link(token, path)
        return await self.check(claims.person, claims.session)

    def forget(self, person: int) -> None:
        """Read the person anew at the next question: they have changed."""
        for session, asker in self._recent.items():
            if asker.person.id == person:
                self._recent.forget(session)

    async def check(self, person: int, session: str) -> Asker:
        """Return who the session belongs to. Raises Problem BAD_TOKEN if it has ended or is not this person's.

        A bot is nothing without the person who made it.
        """
        try:
            record = await self._storage.get(SESSIONS.name, session)
            owner = await self._people.get(record["person"])
            maker = await self._people.get(owner.owner) if owner.bot else owner
        except (Missing, Problem):
            raise Problem(Code.BAD_TOKEN) from None
        if owner.id != person or any(one.disabled or one.deleted for one in (owner, maker)):
            raise Problem(Code.BAD_TOKEN)
        return Asker(owner, session, record.get("application"), frozenset(record.get("scopes") or ()))

    def expires(self, token: str) -> int:
        """Return when this valid access token expires, in Unix seconds."""
        return self._tokens.read(token).expires

    async def open(
        self, person: int, *, id: str | None = None, application: str | None = None, scopes: Sequence[str] = ()
    ) -> Grant:
        """Open a session; the person's oldest ones beyond a hundred, and those that have expired, end.

        With an ``application`` it is that one's, and good for ``scopes`` only.
        """
        await self._tidy(person)
        session, secret = id or new_secret(), new_secret()
        record: Record = {"id": session, "person": person, "refresh": digest(secret), "expires": self._expiry()}
        if application is not None:
            record |= {"application": application, "scopes": list(scopes)}
        await self._storage.insert(SESSIONS.name, record)
        return self._grant(person, session, secret)

    async def open_for_bot(self, bot: int) -> str:
        """Open a session for all that is in a scope, and return its token; it lasts for years, or until it is ended."""
        session = new_secret()
        record: Record = {"id": session, "person": bot, "refresh": "", "expires": self._clock() + _BOT_SECONDS * 1000}
        await self._storage.insert(SESSIONS.name, record | {"application": BOT, "scopes": sorted(SCOPES)})
        return self._tokens.access(bot, session, seconds=_BOT_SECONDS)

    async def of_refresh_token(self, refresh_token: str) -> Record | None:
        """Return the session that the token may refresh, None for no such token."""
        session, _, secret = refresh_token.partition(".")
        try:
            record = await self._storage.get(SESSIONS.name, session)
        except Missing:
            return None
        return record if secret and record["refresh"] == digest(secret) else None

    async def refresh(self, refresh_token: str, *, application: str | None = None) -> Grant:
        """Return new tokens for old ones. A refresh token that was used before ends its session: somebody copied it.

        It must be the ``application``'s, or the person's own. Raises Problem BAD_TOKEN, TOKEN_EXPIRED.
        """
        session, _, secret = refresh_token.partition(".")
        try:
            record = await self._storage.get(SESSIONS.name, session)
            if record.get("application") != application:
                raise Problem(Code.BAD_TOKEN)
            if record["expires"] <= self._clock():
                raise Problem(Code.TOKEN_EXPIRED)
            person, renewed = record["person"], new_secret()
            changes = {"refresh": digest(renewed), "expires": self._expiry()}
            await self._storage.update(SESSIONS.name, session, changes, where={"refresh": digest(secret)})
        except Missing:
            raise Problem(Code.BAD_TOKEN) from None
        except Stale:
            await self.end(person, session)
            raise Problem(Code.BAD_TOKEN) from None
        return self._grant(person, session, renewed)

    async def end(self, person: int, session: str) -> None:
        """End the session: its tokens stop working and its connections are closed."""
        await self._storage.delete(SESSIONS.name, session)
        self._recent.forget(session)
        self._streams.tell(Revoke(person, session))

    async def end_others(self, person: int, kept: str | None) -> None:
        """End all sessions of the person but ``kept``."""
        for record in await self._storage.find(SESSIONS.name, {"person": person}, limit=_MOST + 1):
            if record["id"] != kept:
                await self.end(person, record["id"])

    async def end_of(self, person: int, application: str) -> None:
        """End all sessions that the application has for the person."""
        for record in await self._storage.find(SESSIONS.name, {"person": person}, limit=_MOST + 1):
            if record.get("application") == application:
                await self.end(person, record["id"])

    async def _tidy(self, person: int) -> None:
        records = await self._storage.find(SESSIONS.name, {"person": person}, limit=2 * _MOST)
        records.sort(key=lambda record: record["expires"], reverse=True)
        now = self._clock()
        for place, record in enumerate(records):
            if record["expires"] <= now or place >= _MOST - 1:
                await self.end(person, record["id"])

    def _expiry(self) -> int:
        return self._clock() + self._refresh_milliseconds

    def _grant(self, person: int, session: str, secret: str) -> Grant:
        return Grant(self._tokens.access(person, session), f"{session}.{secret}", self._tokens.access_seconds)
