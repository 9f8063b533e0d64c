"""People: finding them, and keeping those whom one knows."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from chatsrv.client.rest import Rest
from chatsrv.client.things import Person, Profile


class People:
    """Others, named by nickname or id."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def get(self, person: str | int) -> Profile:
        """Return what everybody may know of a person."""
        return Profile.of(await self._rest.call("GET", f"{_path(person)}/details"))

    async def contacts(self) -> AsyncIterator[Person]:
        """Give all of one's contacts."""
        async for shown in self._rest.all("/contacts/page/1"):
            yield Person.of(shown)

    async def add_contact(self, person: str | int) -> None:
        """Add a person to one's contacts."""
        await self._rest.call("POST", f"{_path(person)}/add", repeatable=True)

    async def remove_contact(self, person: str | int) -> None:
        """Remove a person from one's contacts."""
        await self._rest.call("POST", f"{_path(person)}/remove", repeatable=True)


def _path(person: str | int) -> str:
    return f"/user/{quote(str(person), safe='')}"
