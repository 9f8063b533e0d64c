"""Search over everything that the asker may read."""

from chatsrv.errors import Code
from chatsrv.schemas.described.promises import in_query
from chatsrv.schemas.search import FoundShape, SearchShape
from handlers.asking import Ask
from handlers.routing import Access, Paged, Routes

ROUTES = Routes(topic="talk")
route = ROUTES.route


@route(
    "GET",
    "/search",
    access=Access.STUDENT,
    answer=FoundShape,
    errors=(Code.REQUIRED_FIELD, Code.TOO_LONG, Code.BAD_REQUEST, Code.UNAVAILABLE),
    parameters=in_query(SearchShape),
)
async def search(ask: Ask) -> Paged:
    """Find people, chats, articles and messages by the words of ``q``, of one ``kind`` or of all, best first."""
    query = ask.request.query
    found = await ask.services.search.page(ask.person, query.get("q", ""), query.get("kind"), query.get("before"))
    asked = {name: query[name] for name in ("q", "kind") if name in query}
    return Paged(found.page, found.last, asked)
