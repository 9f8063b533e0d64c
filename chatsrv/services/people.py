"""People as everyone sees them: who somebody is, and how to find them."""

from collections.abc import Iterable
from typing import NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.security import Role
from chatsrv.services.notices import LANGUAGES, Wishes
from chatsrv.services.paging import PAGE, Page
from storage.base import Collection, Missing, Record, Searchable, Storage

PEOPLE = Collection(
    "people",
    indexes=(("deleted", "guest"), ("owner", "deleted")),
    unique=(("nickname_key",), ("email_key",)),
    search=Searchable(("nickname", "name"), unless=("deleted", "disabled", "guest")),
)
"""``nickname_key`` and ``email_key`` are folded to lower case; a deleted person keeps a record without an email."""
_MOST_BOTS = 1000


class Card(NamedTuple):
    """What others see of a person beside their words."""

    id: int
    nickname: str
    name: str
    avatar: str


class Person(NamedTuple):
    """An account; times in Unix milliseconds."""

    id: int
    nickname: str
    name: str
    avatar: str
    bio: str
    email: str | None
    role: Role
    created: int
    last_seen: int
    disabled: bool
    deleted: bool
    password_hash: str | None
    guest: bool
    language: str
    wishes: Wishes
    phone: str
    owner: int

    @property
    def bot(self) -> bool:
        """Whether this is a program's account, made by the person ``owner``."""
        return self.owner != 0

    @property
    def card(self) -> Card:
        """What others see of this person."""
        return Card(self.id, self.nickname, self.name, self.avatar)

    @classmethod
    def of(cls, record: Record) -> "Person":
        """Return the person of a stored record."""
        return cls(
            record["id"],
            record["nickname"],
            record["name"],
            record["avatar"],
            record["bio"],
            record["email"],
            Role(record["role"]),
            record["created"],
            record["last_seen"],
            record["disabled"],
            record["deleted"],
            record["password_hash"],
            record["guest"],
            record.get("language") or LANGUAGES[0],
            Wishes.of(record.get("wishes")),
            record.get("phone", ""),
            record.get("owner", 0),
        )


def new_person(
    id: int,
    nickname: str,
    now: int,
    *,
    role: Role,
    email: str | None = None,
    name: str = "",
    password_hash: str | None = None,
    guest: bool = False,
    language: str = LANGUAGES[0],
    owner: int = 0,
) -> Record:
    """Return the record of somebody new."""
    return {
        "id": id,
        "nickname": nickname,
        "nickname_key": nickname.lower(),
        "email": email,
        "email_key": email and email.lower(),
        "name": name,
        "avatar": "",
        "bio": "",
        "role": int(role),
        "created": now,
        "last_seen": now,
        "disabled": False,
        "deleted": False,
        "password_hash": password_hash,
        "guest": guest,
        "language": language,
        "phone": "",
        "owner": owner,
    }


class People:
    """Finds people."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def get(self, id: int) -> Person:
        """Return the person, deleted or not. Raises Problem NO_SUCH_USER."""
        try:
            return Person.of(await self._storage.get(PEOPLE.name, id))
        except Missing:
            raise Problem(Code.NO_SUCH_USER) from None

    async def by_name(self, name: str) -> Person:
        """Return the account of this id or nickname. Raises Problem NO_SUCH_USER, also for a guest, or USER_DELETED."""
        person = await self._by_id(name) or await self.find(nickname_key=name.lower())
        if person is None or person.guest:
            raise Problem(Code.NO_SUCH_USER)
        if person.deleted:
            raise Problem(Code.USER_DELETED)
        return person

    async def find(self, **key: str) -> Person | None:
        """Return the person whose ``nickname_key`` or ``email_key`` is this, or None."""
        found = await self._storage.find(PEOPLE.name, key, limit=1)
        return Person.of(found[0]) if found else None

    async def bots(self, owner: int, *, deleted: bool = False) -> list[Person]:
        """Return the bots of a person, latest made first; or those that there were."""
        records = await self._storage.find(PEOPLE.name, {"owner": owner, "deleted": deleted}, limit=_MOST_BOTS)
        return [Person.of(record) for record in records]

    async def page(self, number: int) -> Page[Person]:
        """Return a page of all accounts, who came first first; guests and deleted ones are left out."""
        where, skip = {"deleted": False, "guest": False}, PAGE * (number - 1)
        found = await self._storage.find(PEOPLE.name, where, descending=False, skip=skip, limit=PAGE + 1)
        return Page([Person.of(record) for record in found[:PAGE]], len(found) > PAGE)

    async def cards(self, ids: Iterable[int]) -> dict[int, Card]:
        """Return the cards of these people, by id; 0, which is nobody, is left out."""
        return {id: (await self.get(id)).card for id in set(ids) - {0}}

    async def _by_id(self, name: str) -> Person | None:
        if not (name.isascii() and name.isdigit() and len(name) <= 16):
            return None
        try:
            return Person.of(await self._storage.get(PEOPLE.name, int(name)))
        except Missing:
            return None
