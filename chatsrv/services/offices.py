"""Offices: giving roles, and disabling accounts; both take effect at once, also on what is connected."""

from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.audit import Audit
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.roles import Right
from chatsrv.services.rooms import MODERATORS
from chatsrv.services.sessions import Sessions
from chatsrv.services.streams import Admit, Expel, Revoke, Streams
from storage.base import Storage


class Offices:
    """What admins do with other people's accounts; what nobody does comes from the command line."""

    def __init__(self, storage: Storage, streams: Streams, people: People, sessions: Sessions, audit: Audit) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._sessions = sessions
        self._audit = audit

    async def page(self, admin: Person, number: int = 1, before: int | None = None) -> Page[Person]:
        """Return a page of all accounts, latest made first: by number, or those before this id."""
        Right.PEOPLE.demand(admin)
        return await self.every(number, before)

    async def account(self, admin: Person, name: str) -> Person:
        """Return an account, by id or nickname. Raises Problem FORBIDDEN, NO_SUCH_USER, USER_DELETED."""
        Right.PEOPLE.demand(admin)
        return await self._people.by_name(name)

    async def promote(self, admin: Person, name: str, role: Role) -> Person:
        """Give another one a role. Raises Problem FORBIDDEN, NO_SUCH_USER, NOT_YOURSELF."""
        return await self.appoint(await self._other(admin, name), role, by=admin)

    async def disable(self, admin: Person, name: str, disabled: bool) -> Person:
        """Disable another one's account, or enable it again. Raises Problem FORBIDDEN, NO_SUCH_USER, NOT_YOURSELF."""
        return await self.shut(await self._other(admin, name), disabled, by=admin)

    async def every(self, number: int = 1, before: int | None = None) -> Page[Person]:
        """Return a page of all accounts, for whoever holds the server itself."""
        after = None if before is None else (before, before)
        skip = 0 if before is not None else PAGE * (number - 1)
        records = await self._storage.find(PEOPLE.name, {}, after=after, skip=skip, limit=PAGE + 1)
        return Page([Person.of(record) for record in records[:PAGE]], len(records) > PAGE)

    async def appoint(self, person: Person, role: Role, *, by: Person | None = None) -> Person:
        """Give a person a role; their connections hear the moderators' stream from now on, or no more."""
        await self._audit.note("role", actor=by, person=person.id, data={"role": int(role)})
        record = await self._storage.update(PEOPLE.name, person.id, {"role": int(role)})
        self._sessions.forget(person.id)
        if role >= Right.MODERATE.role:
            self._streams.tell(Admit(person.id, MODERATORS, await self._streams.head(MODERATORS)))
        else:
            self._streams.tell(Expel(person.id, MODERATORS))
        return Person.of(record)

    async def shut(self, person: Person, disabled: bool, *, by: Person | None = None) -> Person:
        """Disable an account: it can not log in, its sessions end, its connections are closed; or enable it again.

        Its bots can do nothing meanwhile.
        """
        await self._audit.note("disable" if disabled else "enable", actor=by, person=person.id)
        record = await self._storage.update(PEOPLE.name, person.id, {"disabled": disabled})
        for one in (person, *await self._people.bots(person.id)):
            self._sessions.forget(one.id)
            if disabled:
                self._streams.tell(Revoke(one.id, None))
        if disabled:
            await self._sessions.end_others(person.id, None)
        return Person.of(record)

    async def _other(self, admin: Person, name: str) -> Person:
        Right.PEOPLE.demand(admin)
        person = await self._people.by_name(name)
        if person.id == admin.id:
            # Or a server might be left without anybody who could undo it.
            raise Problem(Code.NOT_YOURSELF)
        return person
