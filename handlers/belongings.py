"""What the routes of the dream diary share: pages by cursors, ids in the query, and its "ok"."""

from typing import Any, Final

from chatsrv.errors import Code, Problem
from chatsrv.schemas.base import Text
from chatsrv.schemas.described.promises import Parameter
from chatsrv.services.belongings import Cursor
from chatsrv.services.paging import Page
from handlers.asking import Ask, refuse
from handlers.routing import Paged

BEFORE: Final = Parameter("query", "before", Text(metadata={"description": "What the answer before called its end."}))
ID: Final = Parameter("query", "id", Text(metadata={"description": "The id, where it does not stand in the path."}))
OK: Final = {"status": "ok"}


def before(ask: Ask) -> Cursor | None:
    """Return the place that ``?before=`` names. Raises Problem BAD_REQUEST."""
    given = ask.request.query.get("before")
    return None if given is None else Cursor.parse(given)


def listed(page: Page[Any], **query: str) -> Paged:
    """Mark a page of things with cursors as what a route answers with."""
    return Paged(page, page.items[-1].cursor if page.items else None, query)


def identity(ask: Ask) -> str:
    """Return the id that stands in the path or in the query. Raises Problem REQUIRED_FIELD."""
    id = ask.request.match_info.get("id") or ask.request.query.get("id")
    return id or refuse(Problem(Code.REQUIRED_FIELD, field="id"))
