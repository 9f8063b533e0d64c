"""Applications: programs of others, which people let act for them (school seed, "OAuth scheme"; RFC 6749)."""

from collections.abc import Sequence
from typing import NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.security import digest, new_secret
from chatsrv.services.people import Person
from chatsrv.services.sessions import Sessions
from storage.base import Collection, Missing, Record, Storage

APPLICATIONS = Collection("applications", indexes=(("owner",),))
CONSENTS = Collection("consents", indexes=(("person",), ("application",)))


class Application(NamedTuple):
    """A registered program; ``secret`` is told once, when it is made, and only to one that can keep it."""

    id: str
    name: str
    redirect_uris: Sequence[str]
    confidential: bool
    created: int
    secret: str | None = None


class Consent(NamedTuple):
    """What a person lets an application do, since when (Unix milliseconds)."""

    application: Application
    scopes: Sequence[str]
    created: int


class Applications:
    """Registers programs, and keeps what each person lets them do."""

    def __init__(self, storage: Storage, sessions: Sessions, clock: Clock, *, most: int) -> None:
        self._storage = storage
        self._sessions = sessions
        self._clock = clock
        self._most = most

    async def register(
        self, person: Person, name: str, redirect_uris: Sequence[str], *, confidential: bool
    ) -> Application:
        """Register a program. Raises Problem TOO_MANY_APPLICATIONS."""
        if await self._storage.count(APPLICATIONS.name, {"owner": person.id}) >= self._most:
            raise Problem(Code.TOO_MANY_APPLICATIONS, data=self._most)
        secret = new_secret() if confidential else None
        record: Record = {
            "id": new_secret()[:22],
            "owner": person.id,
            "name": name,
            "redirect_uris": list(dict.fromkeys(redirect_uris)),
            "secret": secret and digest(secret),
            "created": self._clock(),
        }
        await self._storage.insert(APPLICATIONS.name, record)
        return _show(record)._replace(secret=secret)

    async def own(self, person: Person) -> list[Application]:
        """Return the person's own programs, latest made first."""
        records = await self._storage.find(APPLICATIONS.name, {"owner": person.id}, limit=self._most)
        return sorted(map(_show, records), key=lambda one: one.created, reverse=True)

    async def remove(self, person: Person, id: str) -> None:
        """Remove one's own program; whoever let it act for them is rid of it. Raises Problem NO_SUCH_APPLICATION."""
        record = await self.record(id)
        if record["owner"] != person.id:
            raise Problem(Code.NO_SUCH_APPLICATION)
        await self._storage.delete(APPLICATIONS.name, id)
        while consents := await self._storage.find(CONSENTS.name, {"application": id}, limit=100):
            for consent in consents:
                await self._end(consent)

    async def record(self, id: str) -> Record:
        """Return the stored program. Raises Problem NO_SUCH_APPLICATION."""
        try:
            return await self._storage.get(APPLICATIONS.name, id)
        except Missing:
            raise Problem(Code.NO_SUCH_APPLICATION) from None

    async def show(self, id: str) -> Application:
        """Return the program as everyone may see it. Raises Problem NO_SUCH_APPLICATION."""
        return _show(await self.record(id))

    async def consent(self, person: Person, id: str, scopes: Sequence[str]) -> None:
        """Keep that the person lets the program do this, beside what they let it do before."""
        record: Record = {"id": _key(person, id), "person": person.id, "application": id, "created": self._clock()}
        record["scopes"] = sorted({*scopes, *await self.granted(person, id)})
        await self._storage.delete(CONSENTS.name, record["id"])
        await self._storage.insert(CONSENTS.name, record)

    async def granted(self, person: Person, id: str) -> Sequence[str]:
        """Return what the person lets the program do."""
        try:
            scopes: list[str] = (await self._storage.get(CONSENTS.name, _key(person, id)))["scopes"]
        except Missing:
            return []
        return scopes

    async def consents(self, person: Person) -> list[Consent]:
        """Return what the person lets programs do, latest first."""
        records = await self._storage.find(CONSENTS.name, {"person": person.id}, limit=1000)
        records.sort(key=lambda record: record["created"], reverse=True)
        return [Consent(await self.show(one["application"]), one["scopes"], one["created"]) for one in records]

    async def withdraw(self, person: Person, id: str) -> None:
        """Let the program do nothing more: its tokens stop working at once. Raises Problem NO_SUCH_APPLICATION."""
        try:
            await self._end(await self._storage.get(CONSENTS.name, _key(person, id)))
        except Missing:
            raise Problem(Code.NO_SUCH_APPLICATION) from None

    async def forget(self, person: Person) -> None:
        """Remove the programs of somebody who goes, and what they let others do."""
        for application in await self.own(person):
            await self.remove(person, application.id)
        while records := await self._storage.find(CONSENTS.name, {"person": person.id}, limit=100):
            for record in records:
                await self._end(record)

    async def _end(self, consent: Record) -> None:
        await self._sessions.end_of(consent["person"], consent["application"])
        await self._storage.delete(CONSENTS.name, consent["id"])


def _key(person: Person, id: str) -> str:
    return f"{person.id}:{id}"


def _show(record: Record) -> Application:
    confidential = record["secret"] is not None
    return Application(record["id"], record["name"], record["redirect_uris"], confidential, record["created"])
