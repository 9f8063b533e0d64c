"""The command line: ``chatsrv serve``, ``check``, ``user``, ``export``, ``import``, ``routes``, ``errors`` …"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from chatsrv import __version__, administration, maintenance
from chatsrv.app import Place
from chatsrv.config import PREFIX, Config, ConfigError, load
from chatsrv.errors import Code, Result, Topic
from chatsrv.logs import set_up_logs
from chatsrv.schemas import proto
from chatsrv.schemas.described import asyncapi, openapi
from chatsrv.schemas.events import SHAPES
from chatsrv.services import Unavailable
from chatsrv.services.roles import table
from chatsrv.serving import serve
from chatsrv.terminal import say_json
from chatsrv.workers import supervise
from handlers import all_routes

_FAILED = 2
_SIGNALLED = 128
_EPILOG = """\
exit codes: 0 done; 1 done, and something is not as it should be (check, migrate --dry-run); 2 refused, with a reason.
chatsrv COMMAND --help tells of each command. Settings: config.yaml, then the environment (CHATSRV_PORT, …).
"""
_PACKAGES = ("chatsrv", "handlers", "ws", "storage")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0 done, 1 something to do, 2 refused, with a sentence that says why.

    What a signal ended is 128 and its number, as for a shell.
    """
    try:
        _check_packages()
        given = _parser().parse_args(arguments)
        code: int = given.command(given)
        sys.stdout.flush()
    except ConfigError as error:
        return _refuse("the configuration is wrong:", *error.faults)
    except BrokenPipeError:  # whoever read it has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _SIGNALLED + signal.SIGPIPE
    except KeyboardInterrupt:
        _refuse("interrupted")
        return _SIGNALLED + signal.SIGINT
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (Unavailable, ValueError) as error:
        return _refuse(str(error))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chatsrv",
        description="A self-hosted realtime chat and notification server.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")
    serving = commands.add_parser("serve", help="serve until SIGTERM")
    serving.add_argument("--host", help="the address to listen on")
    serving.add_argument("--port", type=int, help="the port to listen on, 0 for any free one")
    serving.add_argument("--workers", type=int, help="how many processes share the port")
    serving.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    serving.add_argument("--meet", type=Path, help=argparse.SUPPRESS)
    serving.set_defaults(command=_serve)
    maintaining = maintenance.add_commands(commands)
    for command in maintaining:
        command.set_defaults(command=_maintain)
    routes = commands.add_parser("routes", help="list every route, and who may ask it")
    routes.add_argument("--json", action="store_true", help="print JSON, one route a line")
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
    for command in (serving, _add_audit(commands), *maintaining, *managing):
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
    for name in ("host", "port", "workers"):
        if getattr(given, name, None) is not None:
            environ[f"{PREFIX}{name.upper()}"] = str(getattr(given, name))
    return load(_path(given), environ)


def _path(given: argparse.Namespace) -> Path | None:
    named = given.config or os.environ.get(f"{PREFIX}CONFIG")
    default = Path("config.yaml")
    return Path(named) if named else default if default.exists() else None


def _serve(given: argparse.Namespace) -> int:
    config = _config(given)
    set_up_logs(config.log_level, form=config.log_format, requests=config.log_requests)
    if given.worker is not None:
        serve(config, Place(given.worker, given.meet))
    elif config.workers > 1:
        named = ["--config", str(given.config)] if given.config else []
        return supervise(config, [*named, "--host", config.host])
    else:
        serve(config)
    return 0


def _maintain(given: argparse.Namespace) -> int:
    given.source = f"{_path(given) or 'the defaults'} and the environment"
    return maintenance.run(lambda: _config(given), given)


def _routes(given: argparse.Namespace) -> int:
    for route in all_routes():
        body = type(route.body).__name__ if route.body else "-"
        answer = type(route.answer).__name__ if route.answer else "-"
        access = route.access.name.lower()
        if given.json:
            say_json({"method": route.method, "path": route.path, "access": access, "body": body, "answer": answer})
        else:
            print(f"{route.method:5} {route.path:45} {access:8} {body:22} {answer}")
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
