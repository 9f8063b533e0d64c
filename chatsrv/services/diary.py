"""The champion's diary: what somebody writes of a day for themselves alone, several times a day if they like."""

import re
from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.belongings import Belongings, check_note
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import Person
from storage.base import Collection, Record, Storage

DIARY = Collection("diary", indexes=(("person",), ("person", "place")))
"""``place`` is the day and, within it, the time of writing: ordered as text it is the order of the diary."""

_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{14})\.([0-9a-f-]{36})")
_AFTER_ALL = "~"  # sorts after every time of a day


class DiaryEntry(NamedTuple):
    """What was written of a day ("2026-11-21"); ``mood`` from 1 to 5 or None; ``created`` in Unix milliseconds."""

    id: str
    day: str
    text: str
    mood: int | None
    achieved: list[str]
    created: int

    @property
    def cursor(self) -> str:
        """What the next page is asked for with."""
        return f"{_place(self.day, self.created)}.{self.id}"


class Diary:
    """Keeps diaries; each is read by its owner only."""

    def __init__(self, storage: Storage, clock: Clock, *, note_chars: int) -> None:
        self._storage = storage
        self._clock = clock
        self._note_chars = note_chars
        self._entries = Belongings(storage, DIARY.name, Code.NO_SUCH_DIARY_ENTRY)

    async def write(self, person: Person, day: str, text: str, mood: int | None, achieved: list[str]) -> DiaryEntry:
        """Write an entry. Raises Problem TOO_LONG."""
        check_note(text, self._note_chars, "text")
        now = self._clock()
        fields = {"day": day, "text": text, "mood": mood, "achieved": achieved, "created": now}
        return _entry(await self._entries.add(person.id, fields | {"place": _place(day, now)}))

    async def get(self, person: Person, id: str) -> DiaryEntry:
        """Return an entry. Raises Problem NO_SUCH_DIARY_ENTRY."""
        return _entry(await self._entries.of(person.id, id))

    async def page(self, person: Person, first: str, last: str, before: str | None) -> Page[DiaryEntry]:
        """Return a page of the days from ``first`` to ``last``, the latest first.

        ``before`` is the ``cursor`` of the last entry of the page before. Raises Problem BAD_REQUEST.
        """
        end = last + _AFTER_ALL, ""
        after = end if before is None else min(_parse(before), end)
        where = {"person": person.id}
        found = await self._storage.find(DIARY.name, where, order="place", after=after, limit=PAGE + 1)
        inside = [_entry(record) for record in found if record["day"] >= first]
        return Page(inside[:PAGE], len(inside) > PAGE)

    async def edit(self, person: Person, id: str, changes: dict[str, Any]) -> DiaryEntry:
        """Change what is named of ``day``, ``text``, ``mood``, ``achieved``.

        Raises Problem NO_SUCH_DIARY_ENTRY, TOO_LONG.
        """
        check_note(changes.get("text"), self._note_chars, "text")
        if "day" in changes:
            created = (await self._entries.of(person.id, id))["created"]
            changes = changes | {"place": _place(changes["day"], created)}
        return _entry(await self._entries.change(person.id, id, changes))

    async def delete(self, person: Person, id: str) -> None:
        """Remove an entry. Raises Problem NO_SUCH_DIARY_ENTRY."""
        await self._entries.remove(person.id, id)

    async def forget(self, person: Person) -> None:
        """Remove the whole diary of somebody who goes."""
        await self._entries.forget(person.id)


def _parse(cursor: str) -> tuple[str, str]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Problem(Code.BAD_REQUEST, field="before")
    return found[1], found[2]


def _place(day: str, created: int) -> str:
    return f"{day}.{created:014}"


def _entry(record: Record) -> DiaryEntry:
    return DiaryEntry(**{name: record[name] for name in DiaryEntry._fields})
