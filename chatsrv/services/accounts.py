"""Accounts: registering, logging in, changing and deleting oneself."""

from typing import Any, NamedTuple

from chatsrv.clock import Clock, IdMaker
from chatsrv.errors import Code, Problem
from chatsrv.security import Passwords, Role
from chatsrv.services.attachments import Attachments, Holding, address_of
from chatsrv.services.conversations import Conversations
from chatsrv.services.departures import Departures
from chatsrv.services.members import Members
from chatsrv.services.notices import LANGUAGES
from chatsrv.services.people import PEOPLE, People, Person, new_person
from chatsrv.services.places import Places
from chatsrv.services.rooms import CHAT
from chatsrv.services.sessions import Asker, Grant, Sessions
from storage.base import Duplicate, Record, Storage

_SHOWN = {"nickname", "name", "avatar"}
_HOLDER = "person"


class LoggedIn(NamedTuple):
    """A person and what opens their new session."""

    person: Person
    grant: Grant


class Accounts:
    """What people do with their own accounts."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        sessions: Sessions,
        places: Places,
        members: Members,
        conversations: Conversations,
        attachments: Attachments,
        departures: Departures,
        passwords: Passwords,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._storage = storage
        self._people = people
        self._sessions = sessions
        self._places = places
        self._members = members
        self._conversations = conversations
        self._attachments = attachments
        attachments.register(_HOLDER, Holding(_everyone_sees, self._has))
        self._departures = departures
        departures.add(self.erase)
        self._passwords = passwords
        self._clock = clock
        self._ids = ids

    async def register(
        self,
        nickname: str,
        password: str,
        email: str | None = None,
        name: str = "",
        *,
        role: Role = Role.STUDENT,
        language: str = LANGUAGES[0],
    ) -> LoggedIn:
        """Make an account and log it in. Raises Problem NICKNAME_TAKEN, EMAIL_TAKEN."""
        await self._check_free(nickname, email)
        id, stored = self._ids(), await self._passwords.hash(password)
        record = new_person(
            id, nickname, self._clock(), role=role, email=email, name=name, password_hash=stored, language=language
        )
        try:
            await self._storage.insert(PEOPLE.name, record)
        except Duplicate as duplicate:
            raise _taken(duplicate) from None
        return LoggedIn(Person.of(record), await self._sessions.open(id))

    async def login(self, name: str, password: str) -> LoggedIn:
        """Log in by email or nickname. Raises Problem BAD_CREDENTIALS, the same and as late for a wrong name."""
        person = await self._people.find(email_key=name.lower()) or await self._people.find(nickname_key=name.lower())
        matches = await self._passwords.matches(password, person.password_hash if person else None)
        if person is None or not matches or person.disabled or person.deleted:
            raise Problem(Code.BAD_CREDENTIALS)
        return LoggedIn(person, await self._sessions.open(person.id))

    async def edit(
        self, asker: Asker, changes: dict[str, Any], *, old_password: str | None = None, trusted: bool = False
    ) -> Person:
        """Change what ``changes`` names (nickname, name, bio, avatar, email, phone, password, language); rooms hear of
        a new name.

        A new email needs ``old_password`` unless the asker is ``trusted``, as the dream diary's clients are; a new
        password is changed without it too, as the TalkMachine seed's client does, and ends all other sessions.
        Raises Problem REQUIRED_FIELD, WRONG_PASSWORD, NICKNAME_TAKEN, EMAIL_TAKEN, NO_SUCH_ATTACHMENT, NOT_A_PICTURE.
        """
        person, wanted = asker.person, dict(changes)
        if ("email" in wanted and not trusted) or old_password is not None:
            await self._check_password(person, old_password)
        for name in wanted.keys() & {"nickname", "email"}:
            wanted[f"{name}_key"] = wanted[name] and wanted[name].lower()
        password = wanted.pop("password", None)
        if password is not None:
            wanted["password_hash"] = await self._passwords.hash(password)
        holder, avatar = f"{_HOLDER}:{person.id}", wanted.get("avatar", person.avatar)
        await self._attachments.claim_avatar(person, person.avatar, avatar, holder)
        try:
            edited = Person.of(await self._storage.update(PEOPLE.name, person.id, wanted))
        except Duplicate as duplicate:
            raise _taken(duplicate) from None
        await self._attachments.settle_avatar(person.avatar, edited.avatar, holder)
        self._sessions.forget(person.id)
        if password is not None:
            await self._sessions.end_others(person.id, asker.session)
        if any(getattr(edited, name) != getattr(person, name) for name in _SHOWN):
            await self._tell_name(edited)
        return edited

    async def delete(self, asker: Asker, password: str | None, *, trusted: bool = False) -> None:
        """Delete the account with everything that is the person's (docs/privacy.md); name and email are free again.

        The password is needed unless the asker is ``trusted``. Returns when all is gone; what dies before leaves the
        rest to others. Raises Problem WRONG_PASSWORD.
        """
        if password is not None or not trusted:
            await self._check_password(asker.person, password, field="password")
        await self._departures.depart(asker.person)

    async def remove(self, bot: Person) -> None:
        """Delete the account of a bot; its words stay as long as its maker does."""
        await self._departures.depart(bot, words_stay=True)

    async def erase(self, person: Person) -> None:
        """Leave of the account, and of its bots, only an id and a name without meaning; it can not be used any more."""
        if not person.bot:
            for bot in [*await self._people.bots(person.id), *await self._people.bots(person.id, deleted=True)]:
                await self._departures.depart(bot)
        name = f"deleted-{person.id}"
        blank: Record = {"name": "", "avatar": "", "bio": "", "phone": "", "language": LANGUAGES[0], "wishes": None}
        blank |= {"email": None, "email_key": None, "password_hash": None, "last_seen": person.created}
        record = await self._storage.update(
            PEOPLE.name, person.id, blank | {"nickname": name, "nickname_key": name, "deleted": True}
        )
        self._sessions.forget(person.id)
        await self._sessions.end_others(person.id, None)
        await self._tell_name(Person.of(record))

    async def _has(self, id: str, attachment: str) -> bool:
        return (await self._people.get(int(id))).avatar == address_of(attachment)

    async def _tell_name(self, person: Person) -> None:
        for room in await self._places.ever(person.id):
            where = self._members if room.kind == CHAT else self._conversations
            await where.rename(person, room)

    async def _check_password(self, person: Person, password: str | None, field: str = "old_password") -> None:
        if password is None:
            raise Problem(Code.REQUIRED_FIELD, field=field)
        if not await self._passwords.matches(password, person.password_hash):
            raise Problem(Code.WRONG_PASSWORD, field=field)

    async def _check_free(self, nickname: str, email: str | None) -> None:
        """Refuse what is taken before the costly hash; the unique index has the last word."""
        if await self._people.find(nickname_key=nickname.lower()):
            raise Problem(Code.NICKNAME_TAKEN, field="nickname")
        if email and await self._people.find(email_key=email.lower()):
            raise Problem(Code.EMAIL_TAKEN, field="email")


async def _everyone_sees(person: Person, id: str) -> bool:
    return True


def _taken(duplicate: Duplicate) -> Problem:
    if duplicate.args[0] == ("email_key",):
        return Problem(Code.EMAIL_TAKEN, field="email")
    return Problem(Code.NICKNAME_TAKEN, field="nickname")
