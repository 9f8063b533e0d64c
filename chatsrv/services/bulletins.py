"""Bulletins: words of their own that those who may send to a person, a group, all moderators or everybody."""

from chatsrv.clock import IdMaker
from chatsrv.security import Role, digest
from chatsrv.services.announcements import Announcements
from chatsrv.services.audit import Audit
from chatsrv.services.groups import Groups
from chatsrv.services.notifications import Notifications
from chatsrv.services.people import People, Person
from chatsrv.services.roles import Right

_KIND = "message"


class Bulletins:
    """Each arrives as a notification; the same nonce again from the same sender sends nothing.

    All raise Problem FORBIDDEN.
    """

    def __init__(
        self,
        people: People,
        groups: Groups,
        notifications: Notifications,
        announcements: Announcements,
        audit: Audit,
        ids: IdMaker,
    ) -> None:
        self._people = people
        self._groups = groups
        self._notifications = notifications
        self._announcements = announcements
        self._audit = audit
        self._ids = ids

    async def to_person(self, sender: Person, user: str, text: str, *, nonce: str | None = None) -> None:
        """Notify somebody at once. Raises Problem NO_SUCH_USER, USER_DELETED."""
        Right.NOTIFY.demand(sender)
        reader, once = await self._people.by_name(user), self._once(sender, nonce)
        await self._audit.note("bulletin", actor=sender, person=reader.id, once=once)
        await self._notifications.notify(reader.id, _KIND, _data(sender, text), once=once)

    async def to_group(self, sender: Person, group: int, text: str, *, nonce: str | None = None) -> None:
        """Notify everyone of a group soon. Raises Problem NO_SUCH_GROUP."""
        Right.NOTIFY.demand(sender)
        await self._groups.of(sender, group)
        once = self._once(sender, nonce)
        await self._audit.note("bulletin", actor=sender, thing=f"group:{group}", once=once)
        await self._announcements.announce(once, _KIND, _data(sender, text), group=group)

    async def to_role(self, sender: Person, role: Role, text: str, *, nonce: str | None = None) -> None:
        """Notify everybody who has at least the role soon."""
        Right.NOTIFY.demand(sender)
        once = self._once(sender, nonce)
        await self._audit.note("bulletin", actor=sender, data={"role": int(role)}, once=once)
        await self._announcements.announce(once, _KIND, _data(sender, text), role=role)

    def _once(self, sender: Person, nonce: str | None) -> str:
        return f"{_KIND}:{sender.id}:{self._ids()}" if nonce is None else f"{_KIND}:{sender.id}:nonce:{digest(nonce)}"


def _data(sender: Person, text: str) -> dict[str, str | int]:
    return {"text": text, "author": sender.nickname, "author_id": sender.id}
