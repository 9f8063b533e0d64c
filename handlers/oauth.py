"""OAuth 2: registering applications, asking people, giving applications their tokens (school seed, "OAuth scheme")."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from chatsrv.errors import Channel, Code, Problem
from chatsrv.schemas.applications import (
    ApplicationShape,
    ConsentShape,
    DecisionShape,
    IssuedShape,
    NewApplicationShape,
    RedirectShape,
    RevocationShape,
    RevokedShape,
    TokenRequestShape,
    WishShape,
)
from chatsrv.schemas.base import Text
from chatsrv.schemas.described.promises import Media, Parameter, named
from chatsrv.services.authorization import Refused
from chatsrv.services.scopes import SCOPES
from handlers.asking import Ask
from handlers.routing import Access, Routes, answer, read_body

_FORM = "application/x-www-form-urlencoded"
_ID = named("id", "An application's id.")
_REQUEST = tuple(
    Parameter("query", name, Text(required=name != "state", metadata={"description": says}))
    for name, says in (
        ("response_type", "`code`"),
        ("client_id", "The application's id."),
        ("redirect_uri", "One that the application has registered."),
        ("scope", "Scopes, with spaces between them."),
        ("code_challenge", "BASE64URL(SHA256(verifier)), RFC 7636."),
        ("code_challenge_method", "`S256`"),
        ("state", "Given back to the application as it is."),
    )
)
ROUTES = Routes(parameters=(_ID,))
route = ROUTES.route
_ASKING = (Code.NO_SUCH_APPLICATION, Code.BAD_REDIRECT, Code.BAD_AUTHORIZATION)
_GUESSED = {"invalid_client", "invalid_grant"}
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@route(
    "POST",
    "/oauth/applications",
    access=Access.STUDENT,
    body=NewApplicationShape,
    answer=ApplicationShape,
    errors=(Code.REQUIRED_FIELD, Code.TOO_LONG, Code.BAD_ADDRESS, Code.TOO_MANY_APPLICATIONS),
)
async def register(ask: Ask) -> Any:
    """Register a program that will ask people to act for them."""
    return await ask.services.applications.register(ask.person, **ask.body)


@route("GET", "/oauth/applications", access=Access.STUDENT, answer=ApplicationShape)
async def applications(ask: Ask) -> list[Any]:
    """List one's own registered programs."""
    return await ask.services.applications.own(ask.person)


@route("DELETE", "/oauth/applications/{id}", access=Access.STUDENT, errors=(Code.NO_SUCH_APPLICATION,))
async def remove(ask: Ask) -> None:
    """Remove one's own registered program; all its tokens stop working."""
    await ask.services.applications.remove(ask.person, ask.text("id"))


@route("GET", "/oauth/consent", access=Access.STUDENT, answer=WishShape, errors=_ASKING, parameters=_REQUEST)
async def wish(ask: Ask) -> Any:
    """Read what an application asks for; the query is that of its authorization request."""
    asked = await ask.services.authorization.wish(ask.person, ask.request.query)
    return asked._asdict() | {"scopes": _sentences(asked.scopes)}


@route(
    "POST",
    "/oauth/consent",
    access=Access.STUDENT,
    body=DecisionShape,
    answer=RedirectShape,
    errors=_ASKING,
    parameters=_REQUEST,
)
async def decide(ask: Ask) -> Any:
    """Let the application of the query's request act for oneself, or not."""
    query = ask.request.query
    return {"redirect": await ask.services.authorization.decide(ask.person, query, allow=ask.body["allow"])}


@route("GET", "/oauth/consents", access=Access.STUDENT, answer=ConsentShape)
async def consents(ask: Ask) -> list[Any]:
    """List which applications one lets do what."""
    found = await ask.services.applications.consents(ask.person)
    return [consent._asdict() | {"scopes": _sentences(consent.scopes)} for consent in found]


@route("DELETE", "/oauth/consents/{id}", access=Access.STUDENT, errors=(Code.NO_SUCH_APPLICATION,))
async def withdraw(ask: Ask) -> None:
    """Let an application act for oneself no longer."""
    await ask.services.applications.withdraw(ask.person, ask.text("id"))


@route(
    "POST",
    "/oauth/token",
    access=Access.ANYONE,
    answer=IssuedShape,
    errors=(Code.UNSUPPORTED_TYPE, Code.BAD_AUTHORIZATION, Code.BAD_CLIENT),
    takes=Media(
        _FORM, "A token request; a confidential application may say who it is by HTTP Basic.", TokenRequestShape
    ),
)
async def token(ask: Ask) -> Any:
    """Give an application tokens for a code or a refresh token (RFC 6749, 4.1.3 and 6)."""
    try:
        issued = await ask.services.authorization.token(await _form(ask), ask.request.headers.get("Authorization"))
    except Refused as refused:
        return await _told(ask, refused)
    return _unkept(answer(IssuedShape().show(issued)))


@route(
    "POST",
    "/oauth/revoke",
    access=Access.ANYONE,
    answer=RevokedShape,
    errors=(Code.UNSUPPORTED_TYPE, Code.BAD_AUTHORIZATION, Code.BAD_CLIENT),
    takes=Media(_FORM, "A revocation request; who asks is said as for a token.", RevocationShape),
)
async def revoke(ask: Ask) -> Any:
    """End what a token opened (RFC 7009)."""
    try:
        await ask.services.authorization.revoke(await _form(ask), ask.request.headers.get("Authorization"))
    except Refused as refused:
        return await _told(ask, refused)
    return _unkept(answer({}))


async def _form(ask: Ask) -> str:
    if ask.request.content_type != _FORM:
        raise Problem(Code.UNSUPPORTED_TYPE)
    await read_body(ask.request)
    return await ask.request.text()


def _sentences(scopes: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": scope, "sentence": SCOPES[scope]} for scope in scopes]


async def _told(ask: Ask, refused: Refused) -> web.Response:
    """Answer in the words of RFC 6749, 5.2, with the form shape beside them; who guesses is told to come back later."""
    error, sentence = refused.args
    if error in _GUESSED:
        await ask.edge.rates.guesses.take(ask.address)
    body = {"error": error, "error_description": sentence}
    problem = Problem(Code.BAD_CLIENT if refused.status == 401 else Code.BAD_AUTHORIZATION, data=error)
    response = answer(body | problem.body(Channel.AJAX), refused.status)
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = "Basic"
    return _unkept(response)


def _unkept(response: web.Response) -> web.Response:
    response.headers.update(_NO_STORE)
    return response
