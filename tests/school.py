"""What tests of the school share: roles given without a face, achievements submitted."""

from typing import Any

from chatsrv.security import Role
from tests.clients import Person


async def appoint(person: Person, role: Role = Role.TEACHER) -> Person:
    """Give the person a role and return them."""
    services = person.server.services
    await services.offices.appoint(await services.people.get(person.id), role)
    return person


async def submit(student: Person, title: str = "Olympiad", **more: Any) -> Any:
    """Submit an achievement; return it."""
    return await student.ok("/achievements", {"title": title, "kind": "olimpiad"} | more)


async def told(person: Person) -> list[tuple[str, str]]:
    """Return kind and text of what the person was told, latest first."""
    return [(one["kind"], one["text"]) for one in await person.read("/notifications/page/1")]
