"""Contacts: the people whom a person keeps at hand."""

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from storage.base import Collection, Duplicate, Missing, Storage

CONTACTS = Collection("contacts", indexes=(("owner", "added"), ("owner",), ("person",)))
_MOST = 10_000


class Contacts:
    """Each person's own list; being on it is told to nobody."""

    def __init__(self, storage: Storage, people: People, clock: Clock) -> None:
        self._storage = storage
        self._people = people
        self._clock = clock

    async def add(self, person: Person, name: str) -> None:
        """Put somebody on the list; once is enough. Raises Problem NO_SUCH_USER, NOT_YOURSELF, TOO_MANY_CONTACTS."""
        other = await self._people.by_name(name)
        if other.id == person.id:
            raise Problem(Code.NOT_YOURSELF)
        if await self._storage.count(CONTACTS.name, {"owner": person.id}) >= _MOST:
            raise Problem(Code.TOO_MANY_CONTACTS)
        record = {"id": _id(person, other), "owner": person.id, "person": other.id, "added": self._clock()}
        try:
            await self._storage.insert(CONTACTS.name, record)
        except Duplicate:
            return

    async def remove(self, person: Person, name: str) -> None:
        """Take somebody off the list, on it or not. Raises Problem NO_SUCH_USER."""
        other = await self._people.by_name(name)
        await self._storage.delete(CONTACTS.name, _id(person, other))

    async def has(self, person: Person, other: Person) -> bool:
        """Say whether the other one is on the list."""
        try:
            await self._storage.get(CONTACTS.name, _id(person, other))
        except Missing:
            return False
        return True

    async def page(self, person: Person, number: int) -> Page[Card]:
        """Return a page of the list, latest added first."""
        skip = PAGE * (number - 1)
        where = {"owner": person.id}
        records = await self._storage.find(CONTACTS.name, where, order="added", skip=skip, limit=PAGE + 1)
        cards = await self._people.cards(record["person"] for record in records[:PAGE])
        return Page([cards[record["person"]] for record in records[:PAGE]], len(records) > PAGE)

    async def forget(self, person: Person) -> None:
        """Take the person off everyone's list, and drop their own."""
        for field in ("person", "owner"):
            while records := await self._storage.find(CONTACTS.name, {field: person.id}, limit=500):
                for record in records:
                    await self._storage.delete(CONTACTS.name, record["id"])


def _id(person: Person, other: Person) -> str:
    return f"{person.id}:{other.id}"
