"""What the pages of the seeds cost: the forum's beside the original's stack, late pages, long lists."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from bench import processes
from bench.messages import python_with
from bench.requests import load, request
from chatsrv.app import create_app
from chatsrv.config import load as load_config
from chatsrv.security import Role
from chatsrv.services import COLLECTIONS, KINDS, Services
from chatsrv.services.articles import ARTICLE, FORUM
from chatsrv.services.people import PEOPLE, Person, new_person
from handlers.asking import EDGE
from storage.base import Draft, Record

ARTICLES, LATE = 100_000, 4_000
MANY, FEW = 5_000, 50
FLASK = ("flask", "flask-sqlalchemy", "gunicorn")
_AT_ONCE = 200


class Rates(NamedTuple):
    """Medians of the requests a second."""

    ours: float
    flask: float
    late: float
    many: float
    few: float


async def measure(rounds: int) -> Rates:
    """Return what each reaches; they take turns."""
    with ExitStack() as stack:
        folder = processes.data_folder()
        many, few = await _seed(folder)
        server = processes.chatsrv(folder)
        stack.callback(server.stop)
        flask = processes.peer("forum_flask", python=python_with("flask", FLASK))
        stack.callback(flask.stop)
        asked = [
            (server, request("GET", "/articles?page=1", "")),
            (flask, request("GET", "/articles?page=1", "")),
            (server, request("GET", f"/articles?page={LATE}", "")),
            (server, request("GET", "/conversations/page/1", many)),
            (server, request("GET", "/conversations/page/1", few)),
        ]
        found: list[list[float]] = [[] for _ in asked]
        for _ in range(rounds):
            for rates, (one, wanted) in zip(found, asked, strict=True):
                rates.append((await load(one.port, wanted)).rate)
    return Rates(*map(median, found))


async def _seed(folder: str) -> tuple[str, str]:
    """Fill a database; return the tokens of somebody with many conversations and of somebody with few."""
    app = create_app(load_config(None, {"CHATSRV_DATA": folder}))
    services = app[EDGE].services
    await services.storage.open(COLLECTIONS, KINDS)
    grants = [await services.accounts.register(name, "Secret-word-1") for name in ("many", "few")]
    peers = [_peer(number) for number in range(MANY)]
    for start in range(0, MANY, _AT_ONCE):
        some = peers[start : start + _AT_ONCE]
        await asyncio.gather(*(services.storage.insert(PEOPLE.name, peer) for peer in some))
        await asyncio.gather(*(_talk(services, grants[0].person, Person.of(peer)) for peer in some))
    await asyncio.gather(*(_talk(services, grants[1].person, Person.of(peer)) for peer in peers[:FEW]))
    await _publish(services, grants[0].person.id)
    await services.storage.close()
    return grants[0].grant.token, grants[1].grant.token


def _peer(number: int) -> Record:
    return new_person(number + 1, f"peer{number}", 1_700_000_000_000, role=Role.STUDENT)


async def _talk(services: Services, person: Person, other: Person) -> None:
    await services.messages.send(person, await services.conversations.open(person, other), "Kek kek kek")


async def _publish(services: Services, author: int) -> None:
    for start in range(0, ARTICLES, 2000):
        numbers = range(start, start + 2000)
        await asyncio.gather(*(services.storage.append(_article(number, author)) for number in numbers))


def _article(number: int, author: int) -> Draft:
    text = f"Hello number {number} " * 10
    fields = {"title": f"Title {number}", "text": text, "created": 1_700_000_000_000, "deleted": False}
    return Draft(10_000 + number, FORUM, ARTICLE, "article.new", author, fields)


def table(found: Rates, reached: Callable[[bool], str]) -> list[str]:
    """Return the lines of the results' page."""
    times, late, many = found.ours / found.flask, found.ours / found.late, found.few / found.many
    return [
        f"## Pages of the seeds, 64 in flight: {ARTICLES:,} articles, {MANY:,} conversations",
        "",
        "| page | a second | against | wanted |",
        "|---|---|---|---|",
        f"| `GET /articles?page=1` | {found.ours:,.0f} | {times:.1f} of Flask's | at least 6: {reached(times >= 6)} |",
        f"| Flask, SQLAlchemy, SQLite, one worker | {found.flask:,.0f} | | |",
        _twice(f"`GET /articles?page={LATE}`", found.late, late, reached),
        f"| conversations of one who has {FEW} | {found.few:,.0f} | | |",
        _twice(f"conversations of one who has {MANY:,}", found.many, many, reached),
        "",
    ]


def _twice(name: str, rate: float, cost: float, reached: Callable[[bool], str]) -> str:
    return f"| {name} | {rate:,.0f} | {cost:.2f} times that one's cost | at most 2: {reached(cost <= 2)} |"
