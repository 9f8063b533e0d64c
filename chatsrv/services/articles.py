"""Articles: the forum, written by those who have an account and read by everyone (forum seed)."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chatsrv.clock import Clock
from chatsrv.errors import Code, Problem
from chatsrv.services.paging import Page
from chatsrv.services.people import Card, People, Person
from chatsrv.services.streams import Change, Streams
from storage.base import Entry, Kind, Missing, Searchable, Storage

FORUM = "forum"
ARTICLE = "article"
ARTICLES = Kind(ARTICLE, Searchable(("title", "text"), unless=("deleted",)))
PER_PAGE = 10


class Article(NamedTuple):
    """An article; a deleted one has no title and no text any more."""

    id: int
    title: str
    text: str
    author: Card
    created: int
    deleted: bool


class Articles:
    """What may be done with articles."""

    def __init__(self, storage: Storage, streams: Streams, people: People, clock: Clock) -> None:
        self._storage = storage
        self._streams = streams
        self._people = people
        self._clock = clock
        self._gone = _Gone()
        streams.register(ARTICLE, "article.new", self.present, ends=frozenset({"article.deleted"}))

    async def write(self, person: Person, title: str, text: str) -> Article:
        """Publish an article."""
        fields = {"title": title, "text": text, "created": self._clock(), "deleted": False}
        entry = await self._streams.append(
            FORUM, ARTICLE, author=person.id, fields=fields, view=lambda entry: _show(entry, person.card)
        )
        return _show(entry, person.card)

    async def get(self, id: int) -> Article:
        """Return an article. Raises Problem NO_SUCH_ARTICLE."""
        entry = await self._entry(id)
        return _show(entry, (await self._people.get(entry.author)).card)

    async def edit(self, person: Person, id: int, title: str, text: str) -> Article:
        """Replace the title and the text of one's own article. Raises Problem NO_SUCH_ARTICLE, NOT_YOUR_ARTICLE."""
        wanted = {"title": title, "text": text}
        return _show(await self._change(person, id, "article.edited", wanted), person.card)

    async def delete(self, person: Person, id: int) -> Article:
        """Delete one's own article and return what it was. Raises Problem NO_SUCH_ARTICLE, NOT_YOUR_ARTICLE."""
        was = await self.get(id)
        await self._change(person, id, "article.deleted", {"title": "", "text": "", "deleted": True})
        return was

    async def forget(self, person: Person) -> None:
        """Delete all articles of somebody who goes."""
        while entries := await self._living(person.id, None):
            for entry in entries:
                with suppress(Problem):  # they were quicker themselves
                    await self.delete(person, entry.id)

    async def page(self, number: int) -> Page[Article]:
        """Return a page of the latest articles; the last page costs what the first one does."""
        latest = await self._storage.page(FORUM, ARTICLE, limit=1)
        gone = await self._gone_by_now()
        below = gone.place(latest[0].ordinal if latest else 0, PER_PAGE * (number - 1))
        return await self._collect(None, below)

    async def page_of(self, author: Person, number: int) -> Page[Article]:
        """Return a page of one person's latest articles."""
        below: int | None = None
        for _ in range(number - 1):
            page = await self._living(author.id, below)
            if len(page) <= PER_PAGE:
                return Page([], False)
            below = page[PER_PAGE - 1].ordinal
        return await self._collect(author.id, below)

    async def _collect(self, author: int | None, below: int | None) -> Page[Article]:
        entries = await self._living(author, below)
        cards = await self._people.cards(entry.author for entry in entries[:PER_PAGE])
        return Page([_show(entry, cards[entry.author]) for entry in entries[:PER_PAGE]], len(entries) > PER_PAGE)

    async def _living(self, author: int | None, below: int | None) -> list[Entry]:
        """Return the next articles that are not deleted, one more than a page holds."""
        found: list[Entry] = []
        while len(found) <= PER_PAGE:
            entries = await self._storage.page(FORUM, ARTICLE, author=author, below=below, limit=PER_PAGE + 1)
            if not entries:
                break
            found += [entry for entry in entries if not entry.fields["deleted"]]
            below = entries[-1].ordinal
        return found[: PER_PAGE + 1]

    async def _entry(self, id: int) -> Entry:
        try:
            entry = await self._storage.entry(id)
        except Missing:
            raise Problem(Code.NO_SUCH_ARTICLE) from None
        if entry.kind != ARTICLE or entry.fields["deleted"]:
            raise Problem(Code.NO_SUCH_ARTICLE)
        return entry

    async def _change(self, person: Person, id: int, event: str, wanted: dict[str, Any]) -> Entry:
        entry = await self._entry(id)
        if entry.author != person.id:
            raise Problem(Code.NOT_YOUR_ARTICLE)

        def decide(now: Entry) -> Change:
            if now.fields["deleted"]:
                raise Problem(Code.NO_SUCH_ARTICLE)
            return Change(event, now.fields | wanted, ())

        return await self._streams.change(entry, decide, author=person.id, view=lambda entry: _show(entry, person.card))

    async def _gone_by_now(self) -> "_Gone":
        while entries := await self._storage.changes(FORUM, self._gone.rev, 1000):
            for entry in entries:
                self._gone.note(entry)
        return self._gone

    async def present(self, entries: Sequence[Entry], person: int) -> list[Article]:
        """Show entries of articles, to everyone alike."""
        cards = await self._people.cards(entry.author for entry in entries)
        return [_show(entry, cards[entry.author]) for entry in entries]


class _Gone:
    """The places of deleted articles, so that the place of a page can be computed; kept up by what changed since."""

    def __init__(self) -> None:
        self.rev = 0
        self._ordinals: list[int] = []

    def note(self, entry: Entry) -> None:
        """Take a change in."""
        self.rev = max(self.rev, entry.rev)
        if entry.fields.get("deleted"):
            insort(self._ordinals, entry.ordinal)

    def place(self, last: int, skipped: int) -> int:
        """Return the ordinal below which the page begins that comes after ``skipped`` living articles."""
        low, high = 0, last + 1
        while low < high:
            middle = (low + high + 1) // 2
            living = last + 1 - middle - (len(self._ordinals) - bisect_right(self._ordinals, middle - 1))
            low, high = (middle, high) if living >= skipped else (low, middle - 1)
        return low


def _show(entry: Entry, author: Card) -> Article:
    fields = entry.fields
    return Article(entry.id, fields["title"], fields["text"], author, fields["created"], fields["deleted"])
