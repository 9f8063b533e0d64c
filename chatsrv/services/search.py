"""Search: people, chats, articles and messages by their words, each only by who may read it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from chatsrv.errors import Code, Problem
from chatsrv.services.articles import ARTICLES, FORUM, Articles
from chatsrv.services.chats import CHATS, Chats
from chatsrv.services.messages import MESSAGES, show
from chatsrv.services.paging import PAGE, Page
from chatsrv.services.people import PEOPLE, People, Person
from chatsrv.services.rooms import CHAT, Room, Rooms
from storage.base import Entry, Missing, Record, Searchable, Storage
from storage.words import Wanted, spans, words_asked, words_of

USER, ARTICLE, MESSAGE = "user", "article", "message"
_CURSOR = re.compile(r"([a-z]{1,20})\.([01])\.([0-9]{1,16})")
_SHOWN_CHARS = 10_000
_SHOWN_SPANS = 100

Places = list[tuple[int, int]]
"""Starts and lengths of words, in code points, in order, not overlapping."""


class Found(NamedTuple):
    """What was found: a card, chat, article or message, and where in its texts the words stand, by field.

    Places are given of the first 10,000 code points of a text, at most a hundred.
    """

    kind: str
    thing: Any
    texts: Mapping[str, str]
    highlights: dict[str, Places]


class Cursor(NamedTuple):
    """The last thing of a page: its kind, its tier (0 has the last word whole, 1 begins a longer one), its id."""

    kind: str
    tier: int
    id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Return the cursor that a text names. Raises Problem BAD_REQUEST."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise Problem(Code.BAD_REQUEST, field="before")
        return cls(found[1], int(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.kind}.{self.tier}.{self.id}"


class FoundPage(NamedTuple):
    """A page of what was found, and where the next one goes on from."""

    page: Page[Found]
    last: str | None


class _Source(NamedTuple):
    """Where things of one kind are searched, and how they are loaded and shown."""

    name: str
    search: Searchable
    scopes: Callable[[list[Room]], list[str]]
    load: Callable[[int], Awaitable[Any]]
    show: Callable[[Any, int], Awaitable[Any]]


class Search:
    """Finds things by their words: all must be there, the last one may be the beginning of a longer word.

    People come first, then chats, articles, messages; among each, what has the last word whole before what has a longer
    one; among these the latest first. No rank is made of how often words occur: that would tell of others' words.
    """

    def __init__(
        self,
        storage: Storage,
        people: People,
        rooms: Rooms,
        chats: Chats,
        articles: Articles,
        most_chars: int,
        most_words: int,
    ) -> None:
        self._storage = storage
        self._people = people
        self._rooms = rooms
        self._most_chars = most_chars
        self._most_words = most_words
        entry = storage.entry
        self._sources = {
            USER: _Source(PEOPLE.name, PEOPLE.search or Searchable(()), _everyone, self._record, self._card),
            CHAT: _Source(CHATS.name, CHATS.search, _chats, entry, _one_by_one(chats.present)),
            ARTICLE: _Source(ARTICLES.name, ARTICLES.search, _forum, entry, _one_by_one(articles.present)),
            MESSAGE: _Source(MESSAGES.name, MESSAGES.search, _streams, entry, self._message),
        }

    async def page(self, person: Person, text: str, kind: str | None = None, before: str | None = None) -> FoundPage:
        """Return a page of what the person may read of what the text finds, of one kind or of all.

        ``before`` is the ``last`` of the page before. Raises Problem REQUIRED_FIELD when the text has no word, TOO_LONG
        when it is long or has many, BAD_REQUEST for what is no kind or no such place.
        """
        words, steps = self._words(text), self._steps(kind, before)
        rooms = await self._rooms.every(person.id)
        hits: list[Cursor] = []
        for step in steps:
            hits += await self._hits(step, words, rooms, PAGE + 1 - len(hits))
            if len(hits) > PAGE:
                break
        found = [await self._found(person, words, hit) for hit in hits[:PAGE]]
        page = Page([one for one in found if one is not None], len(hits) > PAGE)
        return FoundPage(page, str(hits[PAGE - 1]) if page.more else None)

    async def _hits(self, step: Cursor, words: list[str], rooms: list[Room], limit: int) -> list[Cursor]:
        source, wanted = self._sources[step.kind], _wanted(words, step.tier)
        below = step.id or None
        ids = await self._storage.search(source.name, wanted, source.scopes(rooms), below=below, limit=limit)
        return [step._replace(id=id) for id in ids]

    def _steps(self, kind: str | None, before: str | None) -> list[Cursor]:
        """Return what to look for, in order, from where the page before ended; id 0 is for "from the first"."""
        if kind is not None and kind not in self._sources:
            raise Problem(Code.BAD_REQUEST, field="kind")
        steps = [Cursor(one, tier, 0) for one in self._sources if kind in (None, one) for tier in (0, 1)]
        if before is None:
            return steps
        cursor = Cursor.parse(before)
        if cursor._replace(id=0) not in steps:
            raise Problem(Code.BAD_REQUEST, field="before")
        return [cursor, *steps[steps.index(cursor._replace(id=0)) + 1 :]]

    def _words(self, text: str) -> list[str]:
        if len(text) > self._most_chars:
            raise Problem(Code.TOO_LONG, field="q", data=self._most_chars)
        words = words_asked(text)
        if not words:
            raise Problem(Code.REQUIRED_FIELD, field="q")
        if len(words) > self._most_words:
            raise Problem(Code.TOO_LONG, field="q", data=self._most_words)
        return words

    async def _found(self, person: Person, words: list[str], hit: Cursor) -> Found | None:
        """Show a thing that was found, unless it changed since."""
        source = self._sources[hit.kind]
        try:
            thing = await source.load(hit.id)
        except Missing:
            return None
        fields = thing.fields if isinstance(thing, Entry) else thing
        texts = {name: fields[name] for name in source.search.fields}
        there = {word for text in texts.values() for word in words_of(text)}
        if any(fields[name] for name in source.search.unless) or not _wanted(words, hit.tier).finds(there):
            return None
        highlights = {name: _places(text, words) for name, text in texts.items()}
        return Found(hit.kind, await source.show(thing, person.id), texts, highlights)

    async def _record(self, id: int) -> Record:
        return await self._storage.get(PEOPLE.name, id)

    async def _card(self, record: Record, person: int) -> Any:
        return Person.of(record).card

    async def _message(self, entry: Entry, person: int) -> Any:
        return show(entry, Room.parse(entry.stream), (await self._people.get(entry.author)).card, viewer=person)


def _wanted(words: list[str], tier: int) -> Wanted:
    return Wanted(tuple(words[:-1]), words[-1]) if tier else Wanted(tuple(words))


def _places(text: str, words: list[str]) -> Places:
    """Return where the words stand, those that overlap as one."""
    places: Places = []
    for word, start, end in spans(text, _SHOWN_CHARS):
        if word not in words and not word.startswith(words[-1]):
            continue
        if places and start < sum(places[-1]):
            start = places.pop()[0]
        places.append((start, end - start))
        if len(places) > _SHOWN_SPANS:
            return places[:_SHOWN_SPANS]
    return places


def _everyone(rooms: list[Room]) -> list[str]:
    return [PEOPLE.name]


def _forum(rooms: list[Room]) -> list[str]:
    return [FORUM]


def _chats(rooms: list[Room]) -> list[str]:
    return [room.stream for room in rooms if room.kind == CHAT]


def _streams(rooms: list[Room]) -> list[str]:
    return [room.stream for room in rooms]


def _one_by_one(present: Callable[[list[Entry], int], Awaitable[list[Any]]]) -> Callable[[Any, int], Awaitable[Any]]:
    async def show_one(entry: Entry, person: int) -> Any:
        return (await present([entry], person))[0]

    return show_one
