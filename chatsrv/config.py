"""The configuration: config.yaml, then the environment on top, into one frozen Config, or every fault at once."""

import dataclasses
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml

from chatsrv.addresses import Allowed

PREFIX: Final = "CHATSRV_"
_SECRET_BYTES = 32
_NEAR = 0.75
_METRICS_TOKEN_BYTES = 16
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class ConfigError(Exception):
    """Everything that is wrong with a configuration, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _number(default: int, least: int = 1, most: int = 10**9) -> Any:
    return field(default=default, metadata={"least": least, "most": most})


def _choice(default: str, *choices: str) -> Any:
    return field(default=default, metadata={"choices": choices})


def _url(default: str, *schemes: str) -> Any:
    # A URL may hold a password.
    return field(default=default, repr=False, metadata={"schemes": schemes})


@dataclass(frozen=True)
class Auth:
    """Logging in: how long tokens last, and what a password hash costs."""

    access_minutes: int = _number(1440, most=525_600)
    refresh_days: int = _number(30, most=3650)
    argon2_memory_kib: int = _number(19_456, least=19_456, most=4_194_304)
    argon2_time: int = _number(2, least=2, most=100)
    argon2_parallelism: int = _number(1, most=64)
    hash_workers: int = _number(2, most=64)


@dataclass(frozen=True)
class Limits:
    """Bounds of sizes and counts."""

    body_bytes: int = _number(262_144, least=1024)
    text_chars: int = _number(4000, most=100_000)
    chats_per_person: int = _number(500, most=100_000)
    chat_members: int = _number(5000, most=1_000_000)
    small_room: int = _number(50, least=0)
    page_number: int = _number(1_000_000_000)
    resume_changes: int = _number(500, most=100_000)
    connections: int = _number(20_000)
    connections_per_person: int = _number(20)
    streams_per_connection: int = _number(2000)
    socket_buffer_bytes: int = _number(262_144, least=16_384)
    packet_bytes: int = _number(100_000, least=1024)
    handshake_seconds: int = _number(10, most=300)
    request_seconds: int = _number(30, most=3600)
    idle_seconds: int = _number(75, most=3600)
    search_chars: int = _number(200, most=10_000)
    search_words: int = _number(20, most=100)
    applications_per_person: int = _number(20, most=1000)
    bots_per_person: int = _number(20, most=1000)
    in_flight_writes: int = _number(10_000)
    note_chars: int = _number(20_000, most=100_000)
    dreams_per_person: int = _number(1000, most=100_000)
    goals_per_person: int = _number(500, most=100_000)
    tasks_per_goal: int = _number(200, most=1000)
    chats_per_goal: int = _number(20, most=500)


@dataclass(frozen=True)
class Rates:
    """How much one asker may ask; past it a coded 429 says when to come back."""

    login_per_minute: int = _number(10)
    address_logins_per_minute: int = _number(300)
    account_logins_per_hour: int = _number(200)
    guesses_per_minute: int = _number(60)
    register_per_hour: int = _number(60)
    messages_per_second: int = _number(50)
    messages_burst: int = _number(200)
    requests_per_second: int = _number(200)
    requests_burst: int = _number(1000)
    packets_per_second: int = _number(200)
    packets_burst: int = _number(1000)
    typing_seconds: int = _number(2, most=60)
    exports_per_hour: int = _number(6, most=100_000)
    pings_per_minute: int = _number(10)


@dataclass(frozen=True)
class Push:
    """Live connections, and what carries pushes between processes."""

    ping_interval_seconds: int = _number(25, most=3600)
    ping_timeout_seconds: int = _number(20, most=3600)
    shutdown_seconds: int = _number(10, most=600)
    beat_seconds: int = _number(1, most=60)
    deaf_seconds: int = _number(3, least=2, most=300)
    gone_seconds: int = _number(10, least=2, most=3600)
    bus_queue: int = _number(10_000)
    bus_queue_bytes: int = _number(16_777_216, least=1_048_576)


@dataclass(frozen=True)
class Files:
    """What is uploaded: how large, how many, how long it waits to be attached."""

    file_bytes: int = _number(1_073_741_824, most=10**12)
    person_bytes: int = _number(5_368_709_120, most=10**14)
    total_bytes: int = _number(107_374_182_400, most=10**16)
    upload_bytes_per_second: int = _number(33_554_432, least=65_536)
    uploads_at_once: int = _number(4, most=1000)
    unattached_hours: int = _number(24, most=8760)
    per_thing: int = _number(10, most=100)
    picture_pixels: int = _number(50_000_000, most=200_000_000)
    thumbnail_pixels: int = _number(320, least=16, most=2000)
    name_chars: int = _number(200, least=16, most=255)
    link_minutes: int = _number(60, most=1440)
    patience_seconds: int = _number(30, most=600)


@dataclass(frozen=True)
class Reminders:
    """When people are told that a task or a goal is due."""

    before_seconds: int = _number(3600, least=0, most=31_536_000)
    every_seconds: int = _number(5, most=3600)


@dataclass(frozen=True)
class Retention:
    """For how many days a chat's admin may have it keep messages, and how fast what is older goes."""

    least_days: int = _number(1, most=36_500)
    most_days: int = _number(3650, most=36_500)
    every_seconds: int = _number(60, most=86_400)
    per_sweep: int = _number(1000, most=1_000_000)


@dataclass(frozen=True)
class Webhooks:
    """Requests that this server makes when something happens: how many, how large, how often tried, where to."""

    per_chat: int = _number(5, most=100)
    per_person: int = _number(20, most=1000)
    attempts: int = _number(12, most=100)
    backoff_milliseconds: int = _number(5000, most=3_600_000)
    backoff_most_seconds: int = _number(3600, most=86_400)
    failures: int = _number(3, most=1000)
    timeout_seconds: int = _number(10, most=120)
    body_bytes: int = _number(262_144, least=1024)
    response_bytes: int = _number(65_536)
    at_once: int = _number(32, most=1000)
    look_seconds: int = _number(5, most=3600)
    deliveries: int = _number(25, most=100)
    rotation_hours: int = _number(24, least=0, most=720)
    plain_http: bool = False
    allowed_private: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metrics:
    """Who may read the numbers of /metrics."""

    open_to: str = _choice("loopback", "loopback", "token", "everyone")
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Cors:
    """Pages of other origins that may use this server."""

    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Every setting, with its default."""

    host: str = "127.0.0.1"
    port: int = _number(9000, least=0, most=65_535)
    workers: int = _number(1, most=256)
    data: str = "./data"
    storage: str = _url("", "sqlite:///", "mongodb://", "mongodb+srv://")
    mongodb_driver: str = _choice("motor", "motor", "pymongo")
    bus: str = _url("memory://", "memory://", "redis://", "rediss://", "unix://")
    secret: str = field(default="", repr=False)
    mode: str = _choice("development", "development", "production")
    log_level: str = _choice("info", "debug", "info", "warning", "error")
    log_format: str = _choice("text", "text", "json")
    log_requests: bool = False
    simple_chat: bool = True
    proxies: int = _number(0, least=0, most=16)
    auth: Auth = Auth()
    limits: Limits = Limits()
    rates: Rates = Rates()
    push: Push = Push()
    files: Files = Files()
    reminders: Reminders = Reminders()
    retention: Retention = Retention()
    webhooks: Webhooks = Webhooks()
    metrics: Metrics = Metrics()
    cors: Cors = Cors()

    @property
    def storage_url(self) -> str:
        """Where to store: as configured, or a SQLite file in the data folder."""
        return self.storage or f"sqlite:///{Path(self.data) / 'chatsrv.db'}"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Return the configuration of a file (None for no file) and the environment, which has the last word.

    ``CHATSRV_LIMITS_BODY_BYTES`` is ``limits.body_bytes``; ``CHATSRV_SECRET_FILE`` names a file that holds the secret.
    Raises ConfigError with all faults.
    """
    faults: list[str] = []
    given = _read_file(path, faults) if path else {}
    variables = _environment(environ, faults)
    config: Config = _build(Config, given, variables, "", faults)
    faults += _misspelt(variables, list(_names(Config, "")))
    push = config.push
    if push.deaf_seconds <= push.beat_seconds or push.gone_seconds <= push.beat_seconds:
        faults.append("push: deaf_seconds and gone_seconds take more than beat_seconds")
    if config.retention.least_days > config.retention.most_days:
        faults.append("retention: least_days takes no more than most_days")
    try:
        Allowed(config.webhooks.allowed_private)
    except ValueError as error:
        faults.append(f"webhooks.allowed_private: {error}")
    if config.secret and len(config.secret.encode()) < _SECRET_BYTES:
        faults.append(f"secret: takes at least {_SECRET_BYTES} bytes")
    if config.metrics.open_to == "token" and len(config.metrics.token.encode()) < _METRICS_TOKEN_BYTES:
        faults.append(f"metrics.token: takes at least {_METRICS_TOKEN_BYTES} bytes")
    if faults:
        raise ConfigError(faults)
    return config


def resolve_secret(config: Config) -> bytes:
    """Return what tokens are signed with: the configured secret or, in development, one kept in the data folder.

    Raises ConfigError in production without a secret.
    """
    if config.secret:
        return config.secret.encode()
    if config.mode == "production":
        raise ConfigError([f"secret: production takes one of your own, {_SECRET_BYTES} bytes or more (CHATSRV_SECRET)"])
    path = Path(config.data) / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(_SECRET_BYTES))
    except FileExistsError:
        pass
    return path.read_bytes()


def _read_file(path: Path, faults: list[str]) -> Mapping[str, Any]:
    try:
        given = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.append(f"{path}: can not be read: {error}".replace("\n", " "))
        return {}
    if not isinstance(given or {}, dict):
        faults.append(f"{path}: takes settings with names, not {type(given).__name__}")
        return {}
    return given or {}


def _environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """Return the settings of the environment by their variable's name without the prefix."""
    settings = {name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX)}
    file = settings.pop("SECRET_FILE", None)
    if file is not None:
        try:
            settings["SECRET"] = Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"CHATSRV_SECRET_FILE: can not be read: {error}")
    return settings


def _names(kind: type[Any], prefix: str) -> Iterator[str]:
    """Yield the names of all variables, without the prefix that they share."""
    for setting in fields(kind):
        name = f"{prefix}{setting.name.upper()}"
        if is_dataclass(setting.type):
            yield from _names(setting.type, f"{name}_")  # type: ignore[arg-type]
        else:
            yield name


def _misspelt(variables: Iterable[str], known: list[str]) -> Iterator[str]:
    """Yield a fault for each variable that is nearly one of ours; any other may be somebody else's."""
    for name in variables:
        near = get_close_matches(name, known, 1, _NEAR)
        if name not in known and near:
            yield f"{PREFIX}{name}: there is no such setting, did you mean {PREFIX}{near[0]}?"


def _build(kind: type[Any], given: Mapping[str, Any], environ: Mapping[str, str], path: str, faults: list[str]) -> Any:
    """Return a section of the configuration, from what the file gave of it and what the environment says."""
    known = {setting.name: setting for setting in fields(kind)}
    faults += [_unknown(path, name, list(known)) for name in given if name not in known]
    values: dict[str, Any] = {}
    for name, setting in known.items():
        place = f"{path}{name}"
        variable = place.replace(".", "_").upper()
        if is_dataclass(setting.type):
            section = given.get(name) or {}
            if not isinstance(section, dict):
                faults.append(f"{place}: takes settings with names")
                section = {}
            values[name] = _build(setting.type, section, environ, f"{place}.", faults)  # type: ignore[arg-type]
        elif variable in environ:
            values[name] = _check(setting, _parse(setting, environ[variable]), place, faults)
        elif name in given:
            values[name] = _check(setting, given[name], place, faults)
    return kind(**values)


def _parse(setting: dataclasses.Field[Any], text: str) -> Any:
    """Return what a variable's text means; what it does not mean is left for the check to refuse."""
    if setting.type is int:
        return int(text) if text.removeprefix("-").isdecimal() else text
    if setting.type is bool:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else text
    if setting.type == tuple[str, ...]:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _check(setting: dataclasses.Field[Any], value: Any, place: str, faults: list[str]) -> Any:
    takes = _takes(setting, value)
    if takes is None:
        return tuple(value) if isinstance(value, list) else value
    # What may have a password in it is not shown.
    shown = "" if not setting.repr else f", not {value!r}"
    faults.append(f"{place}: takes {takes}{shown}")
    return setting.default


def _takes(setting: dataclasses.Field[Any], value: Any) -> str | None:
    """Return what the setting takes if this value is not it."""
    limits = setting.metadata
    if setting.type is int:
        least, most = limits["least"], limits["most"]
        return None if type(value) is int and least <= value <= most else f"a whole number from {least} to {most}"
    if setting.type is bool:
        return None if isinstance(value, bool) else "true or false"
    if setting.type == tuple[str, ...]:
        texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return None if texts else "a list of texts"
    if "choices" in limits:
        return None if value in limits["choices"] else " or ".join(limits["choices"])
    if "schemes" in limits and isinstance(value, str) and value:
        schemes: tuple[str, ...] = limits["schemes"]
        return None if value.startswith(schemes) else " or ".join(f"{scheme}…" for scheme in schemes)
    return None if isinstance(value, str) else "a text"


def _unknown(path: str, name: Any, known: list[str]) -> str:
    near = get_close_matches(str(name), known, 1)
    return f"{path}{name}: there is no such setting" + (f", did you mean {path}{near[0]}?" if near else "")
