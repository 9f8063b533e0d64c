"""Shares: goals that their owners show to a chat, whose members follow the progress live."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.rooms import CHAT, Room, Rooms
from chatsrv.services.streams import Change, Streams
from storage.base import Collection, Duplicate, Entry, Missing, Storage

GOAL = "goal"
SHARES = Collection("goal_shares", indexes=(("goal",),))
"""One record for each chat that a goal is shared with; its id is "<goal>:<chat>"."""

_ATTEMPTS = 100
_NOTHING = {"name": "", "due": None, "progress": 0, "shared": False}


class Glimpse(NamedTuple):
    """What others may see of a goal: whose, what, until when (Unix milliseconds), how far in percent."""

    owner: int
    name: str
    due: int | None
    progress: int


class SharedGoal(NamedTuple):
    """A goal as a chat sees it; one that is shared no more has no name."""

    id: str
    owner: Card
    name: str
    due: int | None
    progress: int
    shared: bool
    rev: int


Look = Callable[[str], Awaitable[Glimpse | None]]
"""Returns how a goal is now, None when it is no more."""


class Shares:
    """Keeps each chat's entry of a goal equal to the goal."""

    def __init__(self, storage: Storage, streams: Streams, people: People, rooms: Rooms, *, most: int) -> None:
        """``most`` is how many chats a goal may be shared with."""
        self._storage = storage
        self._streams = streams
        self._people = people
        self._rooms = rooms
        self._most = most
        streams.register(GOAL, "goal.shared", self._present, ends=frozenset({"goal.unshared"}))

    async def share(self, person: Person, goal: str, chat: int, look: Look) -> None:
        """Show the goal to a chat that one is in; again changes nothing.

        Raises Problem NO_SUCH_CHAT, TOO_MANY_THINGS.
        """
        room = Room(CHAT, chat)
        await self._rooms.member(room, person.id)
        if await self._storage.count(SHARES.name, {"goal": goal}) >= self._most:
            raise Problem(Code.TOO_MANY_THINGS, data=self._most)
        # Whoever shared it before may have died before the chat heard of it.
        with suppress(Duplicate):
            await self._storage.insert(SHARES.name, {"id": _id(goal, room), "goal": goal, "chat": chat})
        await self._tell(goal, room, look)
        if await look(goal) is None:
            await self._storage.delete(SHARES.name, _id(goal, room))

    async def unshare(self, goal: str, chat: int, look: Look) -> None:
        """Show the goal to that chat no longer, whether or not one is still in it."""
        room = Room(CHAT, chat)
        await self._storage.delete(SHARES.name, _id(goal, room))
        await self._tell(goal, room, look)

    async def tell(self, goal: str, look: Look) -> None:
        """Let all chats see the goal as it is now; where its owner is no longer a member it is shared no more."""
        for record in await self._records(goal):
            await self._tell(goal, Room(CHAT, record["chat"]), look)

    async def end(self, goal: str, look: Look) -> None:
        """Show a goal that is no more to nobody."""
        while records := await self._records(goal):
            for record in records:
                await self.unshare(goal, record["chat"], look)

    async def page(self, person: Person, room: Room, before: str | None) -> Page[SharedGoal]:
        """Return the goals that a chat is shown, the latest first; ``before`` is the id of the last one before.

        Raises Problem NO_SUCH_CHAT.
        """
        await self._rooms.member(room, person.id)
        below = None if before is None else await self._place(room, before)
        found: list[Entry] = []
        while len(found) <= PAGE:
            entries = await self._storage.page(room.stream, GOAL, below=below, limit=PAGE + 1)
            if not entries:
                break
            found += [entry for entry in entries if entry.fields["shared"]]
            below = entries[-1].ordinal
        return Page(await self._present(found[:PAGE], person.id), len(found) > PAGE)

    async def _place(self, room: Room, goal: str) -> int:
        entry = (await self._storage.keyed(room.stream, [_key(goal)])).get(_key(goal))
        if entry is None:
            raise Problem(Code.NO_SUCH_GOAL)
        return entry.ordinal

    async def _records(self, goal: str) -> list[dict[str, Any]]:
        return await self._storage.find(SHARES.name, {"goal": goal}, limit=2 * self._most)

    async def _tell(self, goal: str, room: Room, look: Look) -> None:
        """Write until what stands in the chat is what is so: of several who write at once the last one makes sure."""
        for _ in range(_ATTEMPTS):
            glimpse = await look(goal)
            wanted = await self._wanted(goal, room, glimpse)
            entry = (await self._storage.keyed(room.stream, [_key(goal)])).get(_key(goal))
            if entry is None and glimpse is not None and wanted["shared"]:
                await self._append(goal, room, glimpse.owner, wanted)
            elif entry is None or entry.fields == wanted:
                return
            else:
                await self._change(entry, wanted)
        raise Problem(Code.TOO_BUSY)

    async def _wanted(self, goal: str, room: Room, glimpse: Glimpse | None) -> dict[str, Any]:
        if glimpse is None or not await self._shown(goal, room, glimpse.owner):
            return _NOTHING | {"goal": goal}
        shown = {"name": glimpse.name, "due": glimpse.due, "progress": glimpse.progress}
        return shown | {"goal": goal, "shared": True}

    async def _shown(self, goal: str, room: Room, owner: int) -> bool:
        try:
            await self._storage.get(SHARES.name, _id(goal, room))
            await self._rooms.member(room, owner)
        except (Missing, Problem):
            return False
        return True

    async def _append(self, goal: str, room: Room, owner: int, wanted: dict[str, Any]) -> None:
        card = (await self._people.get(owner)).card
        try:
            await self._streams.append(
                room.stream, GOAL, author=owner, fields=wanted, view=lambda entry: _show(entry, card), key=_key(goal)
            )
        except Duplicate:
            return

    async def _change(self, entry: Entry, wanted: dict[str, Any]) -> None:
        card = (await self._people.get(entry.author)).card

        def decide(now: Entry) -> Change | None:
            if now.fields == wanted:
                return None
            before, after = now.fields["shared"], wanted["shared"]
            event = "goal.unshared" if not after else "goal.progress" if before else "goal.shared"
            return Change(event, wanted, ())

        await self._streams.change(entry, decide, author=entry.author, view=lambda now: _show(now, card))

    async def _present(self, entries: Sequence[Entry], person: int) -> list[SharedGoal]:
        cards = await self._people.cards(entry.author for entry in entries)
        return [_show(entry, cards[entry.author]) for entry in entries]


def _show(entry: Entry, owner: Card) -> SharedGoal:
    fields = entry.fields
    return SharedGoal(
        fields["goal"], owner, fields["name"], fields["due"], fields["progress"], fields["shared"], entry.rev
    )


def _id(goal: str, room: Room) -> str:
    return f"{goal}:{room.id}"


def _key(goal: str) -> str:
    return f"{GOAL}:{goal}"
