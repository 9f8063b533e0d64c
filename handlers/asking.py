"""One request as a handler sees it: who asks, for what, and what there is to answer with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from aiohttp import web

from chatsrv.allowances import Allowances
from chatsrv.errors import Code, Problem
from chatsrv.measures import Requests
from chatsrv.schemas.base import SAFE_INTEGER
from chatsrv.services import Services
from chatsrv.services.people import Person
from chatsrv.services.sessions import Asker
from handlers.assets import Asset
from handlers.documents import Documents
from handlers.protobuf import Messages


class FileLimits(NamedTuple):
    """How long a sender or reader of a file may do nothing, and how long an address with a signature opens one."""

    patience_seconds: int
    link_minutes: int


class Metrics(NamedTuple):
    """Who may read the server's numbers (as config.yaml says it), and how they are asked for.

    ``read(True)`` gives those of this process, ``read(False)`` those of all workers that share its port.
    """

    open_to: str
    token: str
    read: Callable[[bool], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What the routes need: the services, and how much each asker may ask.

    ``chance`` returns so many bits that nobody needs to be unable to guess.
    """

    services: Services
    rates: Allowances
    largest_page: int
    files: FileLimits
    request_seconds: float
    address: Callable[[web.Request], str]
    hears: Callable[[], bool]
    assets: Mapping[str, Asset]
    documents: Documents
    messages: Messages
    answers: Requests
    metrics: Metrics
    chance: Callable[[int], int]


EDGE: Final = web.AppKey("edge", Edge)


@dataclass(slots=True)
class Ask:
    """One request, parsed and permitted."""

    request: web.Request
    edge: Edge
    asker: Asker | None
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        """What the server can do."""
        return self.edge.services

    @property
    def address(self) -> str:
        """Whose request it is, for rate limits."""
        return self.edge.address(self.request)

    @property
    def person(self) -> Person:
        """Who asks; only where the route's access demands a login."""
        return self.logged_in.person

    @property
    def logged_in(self) -> Asker:
        """Who asks and in which session."""
        if self.asker is None:
            raise Problem(Code.NO_TOKEN)
        return self.asker

    @property
    def nonce(self) -> str | None:
        """The ``Idempotency-Key`` header: the same key from the same person is the same change."""
        key = self.request.headers.get("Idempotency-Key")
        if key is not None and not (0 < len(key) <= 200 and key.isprintable()):
            raise Problem(Code.BAD_REQUEST, field="Idempotency-Key")
        return key

    def text(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]

    def number(self, name: str, missing: Code) -> int:
        """Return a part of the path that is an id. What is not a number names nothing: raises Problem ``missing``."""
        return _whole(self.request.match_info[name]) or refuse(Problem(missing))

    @property
    def page(self) -> int:
        """The number of the page, from 1. Raises Problem BAD_PAGE."""
        return self._page(self.request.match_info.get("page", "1"))

    def _page(self, text: str) -> int:
        number = _whole(text)
        if number is None or not 1 <= number <= self.edge.largest_page:
            raise Problem(Code.BAD_PAGE)
        return number

    @property
    def page_asked(self) -> int:
        """The number of the page in ``?page=``, from 1. Raises Problem BAD_PAGE."""
        return self._page(self.request.query.get("page", "1"))

    @property
    def before(self) -> int | None:
        """The id in ``?before=``, None without one. Raises Problem BAD_REQUEST."""
        return self._id_asked("before")

    @property
    def after(self) -> int | None:
        """The id in ``?after=``, None without one. Raises Problem BAD_REQUEST."""
        return self._id_asked("after")

    def _id_asked(self, name: str) -> int | None:
        given = self.request.query.get(name)
        return None if given is None else _whole(given) or refuse(Problem(Code.BAD_REQUEST, field=name))


def _whole(text: str) -> int | None:
    """Return the id or page number that the text is, None if it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    return min(int(text), SAFE_INTEGER)


def refuse(error: Exception) -> Any:
    """Raise the error, where an expression is needed."""
    raise error
