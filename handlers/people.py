"""People: registering, logging in, oneself, others, contacts (TalkMachine seed)."""

from typing import Any

from chatsrv.errors import Channel, Code, Problem
from chatsrv.schemas.faults import AeoShape
from chatsrv.schemas.people import (
    AccountEditShape,
    CardShape,
    FarewellShape,
    GrantShape,
    LoggedInShape,
    LoginShape,
    MeShape,
    PersonShape,
    RefreshShape,
    RegistrationShape,
)
from chatsrv.schemas.rooms import PeerShape
from chatsrv.services.accounts import LoggedIn
from chatsrv.services.notices import language_of
from chatsrv.services.paging import Page
from chatsrv.services.people import Person
from handlers.asking import Ask
from handlers.forms import FORM
from handlers.routing import Access, Paged, Routes, bearer, paged

ROUTES = Routes(topic="people")
route = ROUTES.route


@route(
    "POST",
    "/user/register",
    "/user/signup",
    access=Access.ANYONE,
    body=RegistrationShape,
    answer=LoggedInShape,
    errors=(
        *FORM,
        Code.BAD_EMAIL,
        Code.BAD_NICKNAME,
        Code.PASSWORD_TOO_SHORT,
        Code.PASSWORDS_DIFFER,
        Code.EMAIL_TAKEN,
        Code.NICKNAME_TAKEN,
        Code.TOO_MANY_REQUESTS,
    ),
)
async def register(ask: Ask) -> Any:
    """Make an account and log it in."""
    await ask.edge.rates.registrations.take(ask.address)
    ask.body.pop("password_confirmation", None)
    ask.body.setdefault("language", language_of(ask.request.headers.get("Accept-Language", "")))
    return await _opened(ask, await ask.services.accounts.register(**ask.body))


@route(
    "POST",
    "/user/login",
    access=Access.ANYONE,
    body=LoginShape,
    answer=LoggedInShape,
    errors=(*FORM, Code.BAD_CREDENTIALS, Code.TOO_MANY_REQUESTS),
)
async def login(ask: Ask) -> Any:
    """Log in by email or nickname."""
    name = ask.body["email"]
    await ask.edge.rates.log_in(ask.address, name)
    return await _opened(ask, await ask.services.accounts.login(name, ask.body["password"]))


@route(
    "POST",
    "/user/refresh",
    access=Access.ANYONE,
    body=RefreshShape,
    answer=GrantShape,
    errors=(*FORM, Code.BAD_TOKEN, Code.TOKEN_EXPIRED),
)
async def refresh(ask: Ask) -> Any:
    """Get new tokens for a refresh token, which works once."""
    return await ask.services.sessions.refresh(ask.body["refresh_token"])


@route("POST", "/user/logout", access=Access.ANYONE, answer=AeoShape, errors=(Code.LOGOUT_FAILED,))
async def logout(ask: Ask) -> Any:
    """End the session: its tokens stop working at once."""
    try:
        asker = await ask.services.sessions.of(bearer(ask.request))
    except Problem:
        raise Problem(Code.LOGOUT_FAILED) from None
    await ask.services.sessions.end(asker.person.id, asker.session)
    return Code.LOGGED_OUT.message(Channel.AJAX)


@route("POST", "/user/logout/others", access=Access.STUDENT, scope=None)
async def logout_others(ask: Ask) -> None:
    """End all other sessions of oneself, also those that applications have: their tokens stop working at once."""
    asker = await ask.services.sessions.of(bearer(ask.request))
    await ask.services.sessions.end_others(asker.person.id, asker.session)


@route("GET", "/user/me", access=Access.STUDENT, answer=MeShape)
async def me(ask: Ask) -> Any:
    """Read one's own account."""
    return await _oneself(ask, ask.person)


@route(
    "POST",
    "/user/edit",
    access=Access.STUDENT,
    scope=None,
    body=AccountEditShape,
    answer=MeShape,
    errors=(*FORM, Code.NICKNAME_TAKEN, Code.EMAIL_TAKEN, Code.WRONG_PASSWORD),
)
async def edit(ask: Ask) -> Any:
    """Change what is given of one's own account."""
    old_password = ask.body.pop("old_password", None)
    if old_password is not None:
        await ask.edge.rates.account_logins.take(ask.person.id)
    return await _oneself(ask, await ask.services.accounts.edit(ask.logged_in, ask.body, old_password=old_password))


@route(
    "POST",
    "/user/delete",
    access=Access.STUDENT,
    scope=None,
    body=FarewellShape,
    errors=(Code.REQUIRED_FIELD, Code.WRONG_PASSWORD),
)
async def delete(ask: Ask) -> None:
    """Delete one's own account."""
    await ask.edge.rates.account_logins.take(ask.person.id)
    await ask.services.accounts.delete(ask.logged_in, ask.body["password"])


@route(
    "GET",
    "/user/{nickname}/details",
    access=Access.STUDENT,
    answer=PersonShape,
    errors=(Code.NO_SUCH_USER, Code.USER_DELETED),
)
async def details(ask: Ask) -> Any:
    """Read what everyone may know of a person."""
    person = await ask.services.people.by_name(ask.text("nickname"))
    sighting = await ask.services.presence.sighting(ask.person, person)
    shown = person._asdict() | {"online": sighting.online, "last_seen": sighting.last_seen, "bot": person.bot}
    own = {"contact": await ask.services.contacts.has(ask.person, person)}
    own["blocked"] = await ask.services.blocks.stand(ask.person.id, person.id)
    return shown | own | {"rating": await ask.services.honours.rating(person.id)}


@route(
    "GET",
    "/user/{nickname}/short",
    access=Access.STUDENT,
    answer=CardShape,
    errors=(Code.NO_SUCH_USER, Code.USER_DELETED),
)
async def short(ask: Ask) -> Any:
    """Read a person's card."""
    return await ask.services.people.by_name(ask.text("nickname"))


@route(
    "POST",
    "/user/{nickname}/add",
    access=Access.STUDENT,
    errors=(Code.NO_SUCH_USER, Code.USER_DELETED, Code.NOT_YOURSELF, Code.TOO_MANY_CONTACTS),
)
async def add_contact(ask: Ask) -> None:
    """Add a person to one's contacts."""
    await ask.services.contacts.add(ask.person, ask.text("nickname"))


@route("POST", "/user/{nickname}/remove", access=Access.STUDENT, errors=(Code.NO_SUCH_USER, Code.USER_DELETED))
async def remove_contact(ask: Ask) -> None:
    """Remove a person from one's contacts."""
    await ask.services.contacts.remove(ask.person, ask.text("nickname"))


@route("GET", "/contacts/page/{page}", access=Access.STUDENT, answer=PeerShape, errors=(Code.BAD_PAGE,))
async def contacts(ask: Ask) -> Paged:
    """Read a page of one's contacts, latest added first."""
    page = await ask.services.contacts.page(ask.person, ask.page)
    online = await ask.services.presence.online(ask.person, (card.id for card in page.items))
    return paged(Page([(card, card.id in online) for card in page.items], page.more))


async def _oneself(ask: Ask, person: Person) -> dict[str, Any]:
    """Return one's account with what only another service knows of it."""
    return person._asdict() | {"rating": await ask.services.honours.rating(person.id)}


async def _opened(ask: Ask, logged_in: LoggedIn) -> dict[str, Any]:
    return {"person": await _oneself(ask, logged_in.person), "grant": logged_in.grant}
