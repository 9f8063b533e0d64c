"""``chatsrv check``: looks at everything that a server stands on and says of each thing how it is; changes nothing."""

import os
import resource
import shutil
import stat
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from chatsrv.clock import system_clock
from chatsrv.config import Config
from chatsrv.services import COLLECTIONS, KINDS, Unavailable
from storage import inspect, open_beside

OK, WARNING, FAILURE = "ok", "warning", "failure"
_MEBIBYTE = 1024 * 1024
_LITTLE_ROOM, _NO_ROOM = 2048 * _MEBIBYTE, 200 * _MEBIBYTE
_SPARE_FILES = 200
_SKEW, _TOO_MUCH_SKEW = 1_000, 30_000
_OTHERS, _OTHERS_WRITE = stat.S_IRWXG | stat.S_IRWXO, stat.S_IWGRP | stat.S_IWOTH
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Finding(NamedTuple):
    """What was looked at, how it is (ok, warning or failure), and a sentence."""

    name: str
    state: str
    said: str


Look = Callable[[Config], Awaitable[list[Finding]]]


async def check(config: Config, source: str) -> list[Finding]:
    """Look at everything; ``source`` says where the configuration comes from."""
    findings = [*_configuration(config, source), *await _storage(config), *await _bus(config)]
    return [*findings, *_permissions(config), *_room(config), *_open_files(config)]


def _configuration(config: Config, source: str) -> Iterator[Finding]:
    if config.mode == "production" and not config.secret:
        yield Finding("configuration", FAILURE, "production takes a secret of its own (CHATSRV_SECRET)")
    elif config.mode == "development" and config.host not in _LOOPBACK:
        yield Finding("configuration", WARNING, f"listens on {config.host} in mode development: set mode: production")
    elif config.metrics.open_to == "everyone":
        yield Finding("configuration", WARNING, "metrics.open_to: everyone may read how much is going on")
    else:
        yield Finding("configuration", OK, source)


async def _storage(config: Config) -> list[Finding]:
    place = _place(config.storage_url)
    began = time.perf_counter()
    try:
        found = await inspect(config.storage_url, COLLECTIONS, KINDS, mongodb_driver=config.mongodb_driver)
        if found.version is None:
            return [Finding("storage", OK, f"{place}: there is no database yet, the server makes it"), _clock(None, "")]
        if not found.pending:
            await _read(config)
    except (Unavailable, OSError, ValueError) as error:
        return [Finding("storage", FAILURE, f"{place}: {error}")]
    milliseconds = (time.perf_counter() - began) * 1000
    answered = f"{place} answers in {milliseconds:.0f} ms, schema version {found.version}"
    state = Finding("storage", OK, answered)
    if found.pending:
        state = Finding("storage", WARNING, f"{answered}; opening it changes it: see chatsrv migrate --dry-run")
    return [state, _clock(found.clock, "MongoDB")]


async def _read(config: Config) -> None:
    beside = open_beside(config.storage_url, mongodb_driver=config.mongodb_driver)
    try:
        await beside.open(COLLECTIONS, KINDS)
        await beside.ping()
    finally:
        await beside.close()


async def _bus(config: Config) -> list[Finding]:
    if config.bus == "memory://":
        return [Finding("bus", OK, "in this process")]
    try:
        from ws.redis_link import Link
    except ModuleNotFoundError:
        return [Finding("bus", FAILURE, "Redis takes its driver: pip install 'chatsrv[redis]'")]
    link = Link(config.bus, config.push.deaf_seconds)
    try:
        began = time.perf_counter()
        await link.open()
        await link.send([("TIME",)])
        seconds, microseconds = (int(part) for part in await link.next())
    except Exception as error:  # whatever the driver raises, and whatever may listen there instead of Redis
        return [Finding("bus", FAILURE, f"{_place(config.bus)} does not answer: {error or type(error).__name__}")]
    finally:
        await link.close()
    answered = f"{_place(config.bus)} answers in {(time.perf_counter() - began) * 1000:.0f} ms"
    return [Finding("bus", OK, answered), _clock(seconds * 1000 + microseconds // 1000, "Redis")]


def _clock(other: int | None, whose: str) -> Finding:
    """Compare the clocks: tokens end, reminders come and ids are made by ours."""
    if other is None:
        return Finding("clock", OK, f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC, nothing to compare with")
    skew = abs(system_clock() - other)
    state = OK if skew < _SKEW else WARNING if skew < _TOO_MUCH_SKEW else FAILURE
    return Finding("clock", state, f"{skew / 1000:.1f} s apart from {whose}'s")


def _permissions(config: Config) -> Iterator[Finding]:
    data = Path(config.data)
    if not data.exists():
        near = next(parent for parent in (data.resolve(), *data.resolve().parents) if parent.exists())
        state = OK if os.access(near, os.W_OK) else FAILURE
        yield Finding("permissions", state, f"{data} is not there yet and can {'' if state == OK else 'not '}be made")
        return
    faults = [*_faults(data, [data / "secret", data / "files", *_database(config)])]
    yield from faults or [Finding("permissions", OK, f"{data} and what is in it belong to the server alone")]


def _database(config: Config) -> list[Path]:
    """Return the file of a SQLite database."""
    scheme, _, path = config.storage_url.partition(":///")
    return [Path(path)] if scheme == "sqlite" else []


def _faults(data: Path, private: list[Path]) -> Iterator[Finding]:
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("permissions", FAILURE, f"{data} can not be written by this user")
        return
    if data.stat().st_mode & _OTHERS_WRITE:
        yield Finding("permissions", FAILURE, f"others may write to {data}: chmod 700")
    for path in private:
        if path.exists() and path.stat().st_mode & _OTHERS and path.parent.stat().st_mode & _OTHERS:
            state = FAILURE if path.name == "secret" else WARNING
            yield Finding("permissions", state, f"others may read {path}: chmod go-rwx")
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            yield Finding("permissions", FAILURE, f"{path} can not be read and written by this user")


def _room(config: Config) -> Iterator[Finding]:
    data = Path(config.data).resolve()
    near = next(parent for parent in (data, *data.parents) if parent.exists())
    free = shutil.disk_usage(near).free
    state = FAILURE if free < _NO_ROOM else WARNING if free < _LITTLE_ROOM else OK
    yield Finding("disk", state, f"{free // _MEBIBYTE} MiB free at {near}")


def _open_files(config: Config) -> Iterator[Finding]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = config.limits.connections + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        said = f"{soft} may be open (ulimit -n), limits.connections takes {wanted}: later clients are cut off"
        yield Finding("open files", WARNING, said)
    else:
        yield Finding("open files", OK, f"enough for {config.limits.connections} connections (ulimit -n)")


def _place(url: str) -> str:
    """Return where the URL leads, without a password that may be in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
