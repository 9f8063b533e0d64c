"""People as the dream diary's clients know them (dream-diary seed, "users"): its paths and fields, our accounts."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from marshmallow import fields

from chatsrv.errors import Code, Problem
from chatsrv.schemas.base import Many, Number
from chatsrv.schemas.described.promises import Parameter
from chatsrv.schemas.diary_users import (
    DiaryEditShape,
    DiaryLoginShape,
    DiaryMeShape,
    DiaryPersonShape,
    DiaryRegistrationShape,
    DiaryTokenShape,
    DiaryUserShape,
)
from chatsrv.schemas.done import DoneShape
from chatsrv.services.people import Person
from handlers.asking import Ask
from handlers.belongings import OK
from handlers.forms import FORM
from handlers.middlewares import refusal
from handlers.routing import Access, Routes, answer, bearer


def told(request: web.Request, problem: Problem) -> web.Response:
    """Name the fields as this dialect does."""
    problem.faults = [fault._replace(field=_NAMES.get(fault.field, fault.field)) for fault in problem.faults]
    return refusal(problem)


_NAMES: Mapping[str | None, str] = {"nickname": "username"}
ROUTES = Routes(refuse=told)
route = ROUTES.route
_ME, _OTHER = DiaryMeShape(), DiaryUserShape()


@route(
    "POST",
    "/v0/users/",
    "/v0/users",
    access=Access.ANYONE,
    body=DiaryRegistrationShape,
    answer=DiaryTokenShape,
    errors=(*FORM, Code.BAD_NICKNAME, Code.PASSWORD_TOO_SHORT, Code.NICKNAME_TAKEN, Code.TOO_MANY_REQUESTS),
)
async def register(ask: Ask) -> Any:
    """Make an account that has a name and a password only, and log it in."""
    await ask.edge.rates.registrations.take(ask.address)
    return (await ask.services.accounts.register(ask.body["username"], ask.body["password"])).grant


@route(
    "POST",
    "/v0/users/token",
    "/v0/users/login",
    access=Access.ANYONE,
    body=DiaryLoginShape,
    answer=DiaryTokenShape,
    errors=(*FORM, Code.BAD_CREDENTIALS, Code.TOO_MANY_REQUESTS),
)
async def login(ask: Ask) -> Any:
    """Log in, or get a new token, by nickname or email."""
    name = ask.body["username"]
    await ask.edge.rates.log_in(ask.address, name)
    return (await ask.services.accounts.login(name, ask.body["password"])).grant


@route(
    "PUT",
    "/v0/users/",
    "/v0/users",
    access=Access.STUDENT,
    body=DiaryEditShape,
    answer=DiaryMeShape,
    errors=(*FORM, Code.BAD_EMAIL, Code.BAD_ADDRESS, Code.EMAIL_TAKEN),
)
async def edit(ask: Ask) -> Any:
    """Change what is given of one's own account."""
    edited = await ask.services.accounts.edit(ask.logged_in, ask.body, trusted=True)
    return edited, bearer(ask.request)


@route("DELETE", "/v0/users/", "/v0/users", access=Access.STUDENT, answer=DoneShape)
async def delete(ask: Ask) -> Any:
    """Delete one's own account."""
    await ask.services.accounts.delete(ask.logged_in, None, trusted=True)
    return OK


@route("GET", "/v0/users/profile", access=Access.STUDENT, answer=DiaryMeShape)
async def profile(ask: Ask) -> Any:
    """Read one's own account."""
    return ask.person, bearer(ask.request)


@route(
    "GET",
    "/v0/users/all",
    access=Access.STUDENT,
    errors=(Code.BAD_PAGE,),
    parameters=(Parameter("query", "page", Number(least=1, metadata={"description": "From 1."})),),
    gives=Many(fields.Nested(DiaryPersonShape), longest=25),
)
async def everybody(ask: Ask) -> web.Response:
    """Read a page of all people: oneself whole, of others what everybody may see."""
    number = ask.page_asked
    page = await ask.services.people.page(number)
    response = answer([_seen(ask, person) for person in page.items])
    if page.more:
        response.headers["Link"] = f'</v0/users/all?page={number + 1}>; rel="next"'
    return response


@route(
    "GET",
    "/v0/users/{id}",
    access=Access.STUDENT,
    errors=(Code.NO_SUCH_USER,),
    gives=fields.Nested(DiaryPersonShape),
)
async def user(ask: Ask) -> Any:
    """Read what everybody may see of a person, of oneself all."""
    person = await ask.services.people.get(ask.number("id", Code.NO_SUCH_USER))
    if person.deleted or person.guest:
        raise Problem(Code.NO_SUCH_USER)
    return _seen(ask, person)


def _seen(ask: Ask, person: Person) -> dict[str, Any]:
    return _ME.show((person, bearer(ask.request))) if person.id == ask.person.id else _OTHER.show(person)
