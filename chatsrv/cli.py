"""The command line: ``chatsrv serve``, ``check``, ``export``, ``import``, ``user``, ``routes``, ``errors`` …"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from chatsrv import __version__, administration
from chatsrv.app import Place, files_of, storage_of
from chatsrv.config import PREFIX, Config, ConfigError, load
from chatsrv.errors import Code, Result, Topic
from chatsrv.logs import set_up_logs
from chatsrv.schemas import proto
from chatsrv.schemas.described import asyncapi, openapi
from chatsrv.schemas.events import SHAPES
from chatsrv.services import COLLECTIONS, KINDS, Unavailable
from chatsrv.services.roles import table
from chatsrv.serving import serve
from chatsrv.transfer import Transfer
from chatsrv.workers import supervise
from handlers import all_routes

_FAILED = 2
_PACKAGES = ("chatsrv", "handlers", "ws", "storage")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0 done, 2 refused, with a sentence that says why."""
    try:
        _check_packages()
        given = _parser().parse_args(arguments)
        code: int = given.command(given)
    except ConfigError as error:
        return _refuse("the configuration is wrong:", *error.faults)
    except (Unavailable, OSError, ValueError) as error:
        return _refuse(str(error))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chatsrv", description="A self-hosted realtime chat and notification server.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    serving = commands.add_parser("serve", help="serve until SIGTERM")
    serving.add_argument("--host", help="the address to listen on")
    serving.add_argument("--port", type=int, help="the port to listen on, 0 for any free one")
    serving.add_argument("--workers", type=int, help="how many processes share the port")
    serving.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    serving.add_argument("--meet", type=Path, help=argparse.SUPPRESS)
    serving.set_defaults(command=_serve)
    check = commands.add_parser("check", help="say whether the configuration and the storage are in order")
    check.set_defaults(command=_check)
    exporting = commands.add_parser("export", help="write the whole database to a new file; goes on if it was cut off")
    exporting.set_defaults(command=_export)
    importing = commands.add_parser("import", help="bring a file of export into an empty database; goes on likewise")
    importing.set_defaults(command=_import)
    for command in (exporting, importing):
        command.add_argument("file", type=Path)
    routes = commands.add_parser("routes", help="list every route, and who may ask it")
    routes.set_defaults(command=_routes)
    errors = commands.add_parser("errors", help="print the table of all codes, in Markdown (docs/errors.md)")
    errors.set_defaults(command=_errors)
    messages = commands.add_parser(
        "proto", help="print the Protocol Buffers of all routes (chatsrv/schemas/chatsrv.proto)"
    )
    messages.set_defaults(command=_proto)
    described = commands.add_parser("openapi", help="print OpenAPI 3.1 of all routes, in JSON")
    described.set_defaults(command=_openapi)
    described = commands.add_parser("asyncapi", help="print AsyncAPI 3.0 of all live events, in JSON")
    described.set_defaults(command=_asyncapi)
    roles = commands.add_parser("roles", help="print who may do what, in Markdown (docs/roles.md)")
    roles.set_defaults(command=_roles)
    users = commands.add_parser("user", help="create, promote, list, disable and enable accounts")
    managing = administration.add_commands(users)
    for command in managing:
        command.set_defaults(command=_user)
    for command in (serving, check, exporting, importing, _add_audit(commands), *managing):
        command.add_argument("--config", type=Path, help="the configuration's file (default: ./config.yaml, if there)")
    return parser


def _add_audit(commands: Any) -> argparse.ArgumentParser:
    audit: argparse.ArgumentParser = commands.add_parser(
        "audit", help="print what moderators and admins did, oldest first"
    )
    audit.add_argument("--json", action="store_true", help="print JSON, one act a line")
    audit.set_defaults(command=_audit)
    return audit


def _config(given: argparse.Namespace) -> Config:
    environ = {name: value for name, value in os.environ.items() if name != f"{PREFIX}CONFIG"}
    named = given.config or os.environ.get(f"{PREFIX}CONFIG")
    default = Path("config.yaml")
    path = Path(named) if named else default if default.exists() else None
    for name in ("host", "port", "workers"):
        if getattr(given, name, None) is not None:
            environ[f"{PREFIX}{name.upper()}"] = str(getattr(given, name))
    return load(path, environ)


def _serve(given: argparse.Namespace) -> int:
    config = _config(given)
    set_up_logs(config.log_level)
    if given.worker is not None:
        serve(config, Place(given.worker, given.meet))
    elif config.workers > 1:
        named = ["--config", str(given.config)] if given.config else []
        return supervise(config, [*named, "--host", config.host])
    else:
        serve(config)
    return 0


def _check(given: argparse.Namespace) -> int:
    config = _config(given)
    asyncio.run(_check_storage(config))
    print("everything is in order")
    return 0


async def _check_storage(config: Config) -> None:
    engine = storage_of(config)
    try:
        await engine.open(COLLECTIONS, KINDS)
        await engine.ping()
    finally:
        await engine.close()


def _export(given: argparse.Namespace) -> int:
    count = asyncio.run(_transfer(_config(given), lambda transfer: transfer.write(given.file)))
    print(f"{given.file} holds {count} things")
    return 0


def _import(given: argparse.Namespace) -> int:
    count = asyncio.run(_transfer(_config(given), lambda transfer: transfer.read(given.file)))
    print(f"the database holds the {count} things of {given.file}")
    return 0


async def _transfer(config: Config, work: Callable[[Transfer], Awaitable[int]]) -> int:
    engine, files = storage_of(config), files_of(config)
    try:
        await engine.open(COLLECTIONS, KINDS)
        await files.open()
        return await work(Transfer(engine, files, COLLECTIONS))
    finally:
        await files.close()
        await engine.close()


def _routes(given: argparse.Namespace) -> int:
    for route in all_routes():
        body = type(route.body).__name__ if route.body else "-"
        answer = type(route.answer).__name__ if route.answer else "-"
        print(f"{route.method:5} {route.path:45} {route.access.name.lower():8} {body:22} {answer}")
    return 0


def _errors(given: argparse.Namespace) -> int:
    print("# Codes\n\nWritten by `chatsrv errors`. Over a WebSocket each code is greater by 0x4000.\n")
    print("| code | name | result | topic | status | text |\n|---|---|---|---|---|---|")
    for code in sorted(Code, key=lambda code: code.number):
        result, topic = Result(code.number >> 12).name.lower(), Topic(code.number >> 8 & 15).name.lower()
        print(f"| {code.number:#06x} | {code.name} | {result} | {topic} | {code.status} | {code.sentence} |")
    return 0


def _roles(given: argparse.Namespace) -> int:
    print("# Roles\n\nWritten by `chatsrv roles`. Everybody may do what is their own; beyond that:\n")
    print(table(), end="")
    return 0


def _user(given: argparse.Namespace) -> int:
    return administration.run(_config(given), given)


def _audit(given: argparse.Namespace) -> int:
    return administration.print_audit(_config(given), as_json=given.json)


def _proto(given: argparse.Namespace) -> int:
    bodies = [type(route.body) for route in all_routes() if route.body]
    answers = [type(route.answer) for route in all_routes() if route.answer]
    print(proto.write([*bodies, *map(type, SHAPES.values())], answers, proto.source()), end="")
    return 0


def _openapi(given: argparse.Namespace) -> int:
    return _print(openapi.document(all_routes()))


def _asyncapi(given: argparse.Namespace) -> int:
    return _print(asyncapi.document())


def _print(document: dict[str, Any]) -> int:
    print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    return 0


def _check_packages() -> None:
    """Refuse to run when another distribution's package stands in front of one of ours (decision 0001)."""
    places = {name: _place(name) for name in _PACKAGES}
    for name, place in places.items():
        if place != places["chatsrv"]:
            raise ValueError(f"the package {name!r} comes from {place}, not from {places['chatsrv']}: install apart")


def _place(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def _refuse(*sentences: str) -> int:
    print(f"chatsrv: {sentences[0]}", *(f"  {sentence}" for sentence in sentences[1:]), sep="\n", file=sys.stderr)
    return _FAILED
