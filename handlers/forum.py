"""The forum, as its own clients know it (forum seed): its paths, fields and texts over the same accounts."""

from typing import Any

from aiohttp import web

from chatsrv.errors import Channel, Code, Fault, Problem
from chatsrv.schemas.articles import (
    ArticlePageShape,
    ArticleShape,
    ForumLoggedInShape,
    ForumLoginShape,
    ForumOwnerShape,
    ForumRegistrationShape,
    ForumTokenShape,
    ForumUserShape,
    NewArticleShape,
    OwnArticleShape,
)
from chatsrv.schemas.base import Text
from chatsrv.schemas.described.promises import Parameter
from chatsrv.services.people import Person
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.routing import Access, Routes, answer, bearer

_WRITE = "forum:write"
_MISSING = {
    "username": "Username is missing",
    "password": "Password is missing",
    "title": "Article title is missing",
    "text": "Article text is missing",
}
_TEXTS = {
    Code.NO_TOKEN: "Access-token is missing. Log in, please",
    Code.BAD_TOKEN: "Invalid access-token. Log in please",
    Code.TOKEN_EXPIRED: "Invalid access-token. Log in please",
    Code.BAD_CREDENTIALS: "Uncorrect username or/and password",
    Code.NICKNAME_TAKEN: "User with such username already exists",
    Code.NO_SUCH_ARTICLE: "Article with id={id} was not found",
    Code.NO_SUCH_USER: "User with id={id} was not found",
    Code.USER_DELETED: "User with id={id} was not found",
}
_PAGE = Parameter("query", "page", Text(metadata={"description": "From 1; what is no page is the first one."}))
_TOKEN = (Code.NO_TOKEN, Code.BAD_TOKEN, Code.TOKEN_EXPIRED)


def told(request: web.Request, problem: Problem) -> web.Response:
    """Answer as the forum does, ``{"error": text}``, with the form shape beside it."""
    text = _text(problem.faults[0]).replace("{id}", request.match_info.get("id", ""))
    status = 404 if problem.faults[0].code is Code.USER_DELETED else problem.status
    response = answer({"error": text} | problem.body(Channel.AJAX), status)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


ROUTES = Routes(refuse=told)
route = ROUTES.route


@route("GET", "/articles", access=Access.ANYONE, answer=ArticlePageShape, parameters=(_PAGE,))
async def articles(ask: Ask) -> Any:
    """Read a page of the latest articles."""
    return await ask.services.articles.page(_page(ask))


@route("GET", "/articles/{id}", access=Access.ANYONE, answer=ArticleShape, errors=(Code.NO_SUCH_ARTICLE,))
async def article(ask: Ask) -> Any:
    """Read an article."""
    return await ask.services.articles.get(_article(ask))


@route(
    "POST",
    "/articles/new",
    access=Access.ANYONE,
    scope=_WRITE,
    body=NewArticleShape,
    answer=OwnArticleShape,
    errors=(*FORM, *_TOKEN),
)
async def write(ask: Ask) -> Any:
    """Publish an article."""
    person = await _author(ask)
    await ask.edge.rates.writes.take(person.id)
    return await ask.services.articles.write(person, ask.body["title"], ask.body["text"])


@route(
    "PUT",
    "/articles/{id}/edit",
    access=Access.ANYONE,
    scope=_WRITE,
    body=NewArticleShape,
    answer=OwnArticleShape,
    errors=(*FORM, *_TOKEN, Code.NO_SUCH_ARTICLE, Code.NOT_YOUR_ARTICLE),
)
async def edit(ask: Ask) -> Any:
    """Replace one's own article."""
    person = await _author(ask)
    return await ask.services.articles.edit(person, _article(ask), ask.body["title"], ask.body["text"])


@route(
    "DELETE",
    "/articles/{id}/delete",
    access=Access.ANYONE,
    scope=_WRITE,
    body=ForumTokenShape,
    answer=OwnArticleShape,
    errors=(*_TOKEN, Code.NO_SUCH_ARTICLE, Code.NOT_YOUR_ARTICLE),
)
async def delete(ask: Ask) -> Any:
    """Delete one's own article."""
    return await ask.services.articles.delete(await _author(ask), _article(ask))


@route(
    "POST",
    "/register",
    access=Access.ANYONE,
    body=ForumRegistrationShape,
    answer=ForumUserShape,
    errors=(*FORM, Code.BAD_NICKNAME, Code.BAD_PASSWORD, Code.NICKNAME_TAKEN, Code.TOO_MANY_REQUESTS),
)
async def register(ask: Ask) -> Any:
    """Make an account that has a name and a password only."""
    await ask.edge.rates.registrations.take(ask.address)
    return (await ask.services.accounts.register(ask.body["username"], ask.body["password"])).person


@route(
    "POST",
    "/login",
    access=Access.ANYONE,
    body=ForumLoginShape,
    answer=ForumLoggedInShape,
    errors=(*FORM, Code.BAD_CREDENTIALS, Code.TOO_MANY_REQUESTS),
)
async def login(ask: Ask) -> Any:
    """Log in."""
    name = ask.body["username"]
    await ask.edge.rates.log_in(ask.address, name)
    return await ask.services.accounts.login(name, ask.body["password"])


@route("GET", "/users/{id}", access=Access.ANYONE, answer=ForumUserShape, errors=(Code.NO_SUCH_USER,))
async def user(ask: Ask) -> Any:
    """Read somebody's public data."""
    return await _user(ask)


@route(
    "GET",
    "/users/{id}/articles",
    access=Access.ANYONE,
    answer=ArticlePageShape,
    errors=(Code.NO_SUCH_USER,),
    parameters=(_PAGE,),
)
async def articles_of(ask: Ask) -> Any:
    """Read a page of somebody's latest articles."""
    return await ask.services.articles.page_of(await _user(ask), _page(ask))


@route("POST", "/verify-token", access=Access.ANYONE, body=ForumTokenShape, answer=ForumOwnerShape, errors=_TOKEN)
async def verify(ask: Ask) -> Any:
    """Say whose token it is."""
    return await _author(ask)


def _text(fault: Fault) -> str:
    if fault.code is Code.REQUIRED_FIELD and fault.field in _MISSING:
        return _MISSING[fault.field]
    if fault.field in ("username", "password"):
        return f"Bad {fault.field} format"
    return _TEXTS.get(fault.code, fault.code.sentence)


async def _author(ask: Ask) -> Person:
    """Return whose token stands in the body or the header."""
    token = ask.body.get("token") or bearer(ask.request)
    asker = await ask.services.sessions.of(token)
    asker.demand(_WRITE)
    ask.services.presence.saw(asker.person.id)
    return asker.person


async def _user(ask: Ask) -> Person:
    person = await ask.services.people.get(ask.number("id", Code.NO_SUCH_USER))
    if person.deleted:
        raise Problem(Code.USER_DELETED)
    return person


def _article(ask: Ask) -> int:
    return ask.number("id", Code.NO_SUCH_ARTICLE)


def _page(ask: Ask) -> int:
    """Return the page that ``?page=`` names; as in the original, what is no page is the first one."""
    given = ask.request.query.get("page", "")
    return int(given) if given.isascii() and given.isdigit() and 1 <= len(given) <= 9 and int(given) else 1
