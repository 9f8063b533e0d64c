"""What the pages of the seeds cost: the forum's beside the original's stack, late pages, long lists."""

import asyncio
from contextlib import ExitStack

from bench import processes
from bench.measurement import Measurement, Samples, table, wanted
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
FIRST, LAST = "`GET /articles?page=1`", f"`GET /articles?page={LATE}`"
FLASK = "Flask, SQLAlchemy, SQLite, one worker"
OF_FEW, OF_MANY = f"conversations of one who has {FEW}", f"conversations of one who has {MANY:,}"
_PACKAGES = ("flask", "flask-sqlalchemy", "gunicorn")
_AT_ONCE = 200


async def measure(rounds: int) -> Samples:
    """Return the requests a second of each page; they take turns."""
    with ExitStack() as stack:
        folder = processes.data_folder()
        many, few = await _seed(folder)
        server = processes.chatsrv(folder)
        stack.callback(server.stop)
        flask = processes.peer("forum_flask", python=python_with("flask", _PACKAGES))
        stack.callback(flask.stop)
        asked = {
            FIRST: (server, request("GET", "/articles?page=1", "")),
            FLASK: (flask, request("GET", "/articles?page=1", "")),
            LAST: (server, request("GET", f"/articles?page={LATE}", "")),
            OF_FEW: (server, request("GET", "/conversations/page/1", few)),
            OF_MANY: (server, request("GET", "/conversations/page/1", many)),
        }
        found = Samples()
        for _ in range(rounds):
            for name, (one, wish) in asked.items():
                rates = await load(one.port, wish)
                found.add(name, rate=rates.rate, busy=rates.busy)
    return found


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


def _table(found: Samples) -> list[str]:
    times = found.ratio(FIRST, FLASK, "rate")
    targets = {
        FIRST: f"{times:.1f} times Flask's, {wanted(times, least=6)}",
        LAST: _twice(found.ratio(FIRST, LAST, "rate")),
        OF_MANY: _twice(found.ratio(OF_FEW, OF_MANY, "rate")),
    }
    rows = [
        [name, found.told(name, "rate", ",.0f"), found.told(name, "busy", ".0%"), targets.get(name, "")]
        for name in found
    ]
    title = f"## Pages of the seeds, 64 in flight: {ARTICLES:,} articles, {MANY:,} conversations"
    return [title, "", *table("page | a second | generator | wanted", rows), ""]


def _twice(cost: float) -> str:
    return f"{cost:.2f} times the cost without, {wanted(cost, most=2)}"


MEASUREMENT = Measurement("pages", measure, _table)
