"""``chatsrv user …``: accounts from the command line, through the same services as the server's own."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from chatsrv.app import parts_of
from chatsrv.config import Config
from chatsrv.errors import Problem
from chatsrv.schemas.audit import ActShape
from chatsrv.schemas.base import iso
from chatsrv.schemas.offices import AccountShape
from chatsrv.schemas.people import RegistrationShape
from chatsrv.security import Role
from chatsrv.services import COLLECTIONS, KINDS, Services, Unavailable
from chatsrv.services.audit import Act
from chatsrv.services.people import Person

_ROLES = {"student": Role.STUDENT, "teacher": Role.TEACHER, "admin": Role.ADMIN}

Work = Callable[[Services, argparse.Namespace], Awaitable[list[Person]]]


def add_commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Add create, promote, list, disable and enable; return their parsers."""
    commands = parser.add_subparsers(required=True, metavar="what")
    create = commands.add_parser("create", help="make an account; its password is asked for, or read from stdin")
    create.add_argument("nickname")
    create.add_argument("--email", help="to log in with, too")
    create.add_argument("--role", choices=_ROLES, default="student", help="what they may do (default: student)")
    promote = commands.add_parser("promote", help="give an account a role")
    promote.add_argument("nickname", help="or an id")
    promote.add_argument("role", choices=_ROLES)
    every = commands.add_parser("list", help="list all accounts")
    disable = commands.add_parser("disable", help="end an account's sessions and let it log in no more")
    enable = commands.add_parser("enable", help="let an account log in again")
    works: dict[argparse.ArgumentParser, Work] = {create: _create, promote: _promote, every: _list}
    works |= {disable: _disable, enable: _enable}
    for command, work in works.items():
        if command in (disable, enable):
            command.add_argument("nickname", help="or an id")
        command.add_argument("--json", action="store_true", help="print JSON, one account a line")
        command.set_defaults(work=work)
    return list(works)


def run(config: Config, given: argparse.Namespace) -> int:
    """Do what was asked and print the accounts that it concerned. Raises ValueError with what was refused."""
    if given.work is _create:
        given.password = _password()  # before anything is opened and others wait for it
    try:
        people = asyncio.run(_run(config, given))
    except Problem as problem:
        said = (f"{one.field}: {one.code.sentence}" if one.field else one.code.sentence for one in problem.faults)
        raise ValueError("; ".join(said)) from None
    except Unavailable as error:
        raise Unavailable(
            f"{error}\n  A running server changes accounts itself: POST /user/{{nickname}}/role, /disable and /enable"
            " with an admin's token."
        ) from None
    for person in people:
        print(json.dumps(AccountShape().show(person), ensure_ascii=False) if given.json else _line(person))
    return 0


def print_audit(config: Config, *, as_json: bool) -> int:
    """Print the audit log, oldest first. Raises Unavailable."""
    asyncio.run(_print_audit(config, as_json))
    return 0


async def _print_audit(config: Config, as_json: bool) -> None:
    shape = ActShape()
    async with _opened(config) as services:
        async for act in services.audit.every():
            print(json.dumps(shape.show(act), ensure_ascii=False) if as_json else _act_line(act))


async def _run(config: Config, given: argparse.Namespace) -> list[Person]:
    async with _opened(config) as services:
        work: Work = given.work
        return await work(services, given)


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[Services]:
    """Open storage and the bus: servers on the same Redis hear of what is changed here."""
    parts = parts_of(config)
    await parts.storage.open(COLLECTIONS, KINDS)
    try:
        await parts.bus.open(lambda channel, payload: None, lambda: None)
        try:
            yield parts.services
        finally:
            await parts.bus.close()
    finally:
        await parts.storage.close()
        parts.passwords.close()


async def _create(services: Services, given: argparse.Namespace) -> list[Person]:
    body = {"nickname": given.nickname, "password": given.password} | ({"email": given.email} if given.email else {})
    fields = RegistrationShape(partial=("email",)).read(body)
    made = await services.accounts.register(**fields)
    await services.sessions.end_others(made.person.id, None)
    role = _ROLES[given.role]
    return [made.person if role is Role.STUDENT else await services.offices.appoint(made.person, role)]


async def _promote(services: Services, given: argparse.Namespace) -> list[Person]:
    return [await services.offices.appoint(await services.people.by_name(given.nickname), _ROLES[given.role])]


async def _disable(services: Services, given: argparse.Namespace) -> list[Person]:
    return [await services.offices.shut(await services.people.by_name(given.nickname), True)]


async def _enable(services: Services, given: argparse.Namespace) -> list[Person]:
    return [await services.offices.shut(await services.people.by_name(given.nickname), False)]


async def _list(services: Services, given: argparse.Namespace) -> list[Person]:
    people: list[Person] = []
    page = await services.offices.every()
    while page.items:
        people += page.items
        page = await services.offices.every(before=page.items[-1].id)
    return people


def _password() -> str:
    return getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _act_line(act: Act) -> str:
    said = " ".join(f"{name}={value}" for name, value in act.data.items())
    return f"{iso(act.at)} {act.actor or '-':32} {act.action:20} {act.person or '-':32} {act.thing} {said}".rstrip()


def _line(person: Person) -> str:
    state = "deleted" if person.deleted else "disabled" if person.disabled else "guest" if person.guest else ""
    return f"{person.id} {person.nickname:32} {person.role.name.lower():8} {person.email or '-':40} {state}".rstrip()
