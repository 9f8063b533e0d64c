"""create_app(config): builds every part and joins them; the only module that knows all folders."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import aiohttp_cors
import orjson
from aiohttp import web

from chatsrv.addresses import Allowed
from chatsrv.allowances import Allowances, allowances
from chatsrv.clock import IdMaker, system_clock
from chatsrv.config import Config, resolve_secret
from chatsrv.limits import RateLimits
from chatsrv.measures import Requests
from chatsrv.monitoring import Monitoring, Watched
from chatsrv.monitoring_workers import together
from chatsrv.outgoing import Outgoing
from chatsrv.schemas import proto
from chatsrv.schemas.described import asyncapi, openapi
from chatsrv.schemas.events import body
from chatsrv.security import Passwords, Tokens
from chatsrv.services import COLLECTIONS, KINDS, Services, Unavailable
from chatsrv.services.attendance import Attendance
from chatsrv.services.webhook_posting import Outlet
from chatsrv.timing import Stopwatches
from handlers import all_routes, middlewares
from handlers.addresses import address_behind
from handlers.asking import EDGE, Edge, FileLimits, Metrics
from handlers.assets import load_assets
from handlers.documents import Documents, swagger_ui
from handlers.protobuf import Messages
from handlers.routing import Route, add_routes
from storage import open_engine, open_files
from storage.base import Storage
from storage.files import Files
from ws import Bus, Pace, open_attendance, open_bus, open_rates
from ws.events import Events
from ws.fanout import Fanout
from ws.limits import Limits
from ws.neighbours import Neighbours
from ws.protocol import SocketServer
from ws.review import Review
from ws.server import Doorkeeper

_LOG = logging.getLogger("chatsrv")
_FLUSH_SECONDS = 60
_SWEEP_SECONDS = 600
_REPAIR_SECONDS = 0.1

Starter = Callable[[web.Application], AsyncIterator[None]]


class Place(NamedTuple):
    """A worker's place among the others of its machine: its number from 0, and the folder in which they meet."""

    number: int
    folder: Path


class Parts(NamedTuple):
    """What a process consists of below its edges."""

    storage: Storage
    files: Files
    bus: Bus
    fanout: Fanout
    attendance: Attendance
    passwords: Passwords
    outgoing: Outgoing
    limits: RateLimits
    services: Services


def create_app(config: Config, place: Place | None = None) -> web.Application:
    """Return the application, joined but not started: nothing is opened before it runs.

    With a place it is one of several workers that share a port.
    """
    parts = parts_of(config)
    services, fanout = parts.services, parts.fanout
    app = web.Application(middlewares=[middlewares.errors], client_max_size=config.limits.body_bytes)
    rates = allowances(config.rates, parts.limits)
    sockets = _sockets(config, services, fanout, rates, place)
    stopwatches, answers = Stopwatches(), Requests()
    watched = Watched(parts.storage, parts.bus, fanout, sockets, parts.passwords, answers, stopwatches)
    metrics = _metrics(config, Monitoring(watched), place)
    routes = all_routes(simple=config.simple_chat)
    app[EDGE] = _edge(config, services, fanout, routes, rates=rates, answers=answers, metrics=metrics)
    add_routes(app, routes)
    _allow_origins(app, config)
    sockets.attach(app)
    app.on_response_prepare.append(middlewares.identify)
    app.on_shutdown.append(lambda _: sockets.drain())
    app.cleanup_ctx.append(_running(parts, stopwatches, config.reminders.every_seconds))
    return app


def parts_of(config: Config) -> Parts:
    """Return the services and what they stand on, joined but not open."""
    storage = storage_of(config)
    files = files_of(config)
    pace = _pace(config)
    attendance = open_attendance(config.bus, pace, gone_seconds=config.push.gone_seconds)
    bus = open_bus(config.bus, pace)
    fanout = Fanout(bus, repair_seconds=_REPAIR_SECONDS)
    auth = config.auth
    passwords = Passwords(
        memory_kib=auth.argon2_memory_kib,
        time_cost=auth.argon2_time,
        parallelism=auth.argon2_parallelism,
        workers=auth.hash_workers,
    )
    tokens = Tokens(resolve_secret(config), access_seconds=auth.access_minutes * 60, clock=system_clock)
    # Where ids begin within a millisecond needs to differ between processes, not to be secret.
    ids = IdMaker(system_clock, random.Random().randrange)  # noqa: S311
    outgoing = _outgoing(config)
    # When a failed delivery is tried again needs to differ between webhooks, not to be secret.
    outlet = Outlet(outgoing.post, body, random.Random().random)  # noqa: S311
    services = Services(
        config, storage, files, fanout.publish, passwords, tokens, system_clock, ids, attendance, outlet
    )
    limits = open_rates(config.bus, pace)
    return Parts(storage, files, bus, fanout, attendance, passwords, outgoing, limits, services)


def _outgoing(config: Config) -> Outgoing:
    wanted = config.webhooks
    return Outgoing(
        Allowed(wanted.allowed_private),
        timeout_seconds=wanted.timeout_seconds,
        response_bytes=wanted.response_bytes,
        at_once=wanted.at_once,
    )


def storage_of(config: Config) -> Storage:
    """Return the configured storage engine, not yet open."""
    return open_engine(
        config.storage_url, max_pending=config.limits.in_flight_writes, mongodb_driver=config.mongodb_driver
    )


def files_of(config: Config) -> Files:
    """Return where the configuration keeps files, not yet open."""
    return open_files(config.storage_url, Path(config.data) / "files", mongodb_driver=config.mongodb_driver)


def _pace(config: Config) -> Pace:
    push = config.push
    return Pace(push.beat_seconds, push.deaf_seconds, push.bus_queue, push.bus_queue_bytes)


def _metrics(config: Config, monitoring: Monitoring, place: Place | None) -> Metrics:
    everybody = together(monitoring.text, *place) if place else None

    async def read(only_own: bool) -> str:
        return monitoring.text() if only_own or everybody is None else await everybody()

    return Metrics(config.metrics.open_to, config.metrics.token, read)


def _edge(
    config: Config,
    services: Services,
    fanout: Fanout,
    routes: Sequence[Route],
    *,
    rates: Allowances,
    answers: Requests,
    metrics: Metrics,
) -> Edge:
    return Edge(
        services=services,
        rates=rates,
        largest_page=config.limits.page_number,
        files=FileLimits(config.files.patience_seconds, config.files.link_minutes),
        request_seconds=config.limits.request_seconds,
        address=address_behind(config.proxies),
        hears=lambda: fanout.hears,
        assets=load_assets(),
        documents=_documents(routes),
        messages=Messages(proto.source()),
        answers=answers,
        metrics=metrics,
        # Names of requests need to differ, not to be secret, and asking the kernel lets another thread in.
        chance=random.Random().getrandbits,  # noqa: S311
    )


def _documents(routes: Sequence[Route]) -> Documents:
    """Return what the server says of itself, and what shows it."""
    files = ("swagger-ui.css", "swagger-ui-bundle.js")
    written: dict[str, Callable[[], bytes]] = {
        "openapi.json": lambda: orjson.dumps(openapi.document(routes)),
        "asyncapi.json": lambda: orjson.dumps(asyncapi.document()),
    }
    return Documents(written | {name: swagger_ui(name) for name in files})


def _sockets(
    config: Config, services: Services, fanout: Fanout, rates: Allowances, place: Place | None
) -> SocketServer:
    limits = config.limits
    neighbours = Neighbours(place.number, place.folder, packet_bytes=limits.packet_bytes) if place else None
    server = SocketServer(
        Limits(
            packet_bytes=limits.packet_bytes,
            buffer_bytes=limits.socket_buffer_bytes,
            handshake_seconds=limits.handshake_seconds,
            ping_interval=config.push.ping_interval_seconds,
            ping_timeout=config.push.ping_timeout_seconds,
            connections=limits.connections,
            packets_per_second=config.rates.packets_per_second,
            packets_burst=config.rates.packets_burst,
            origins=config.cors.origins,
        ),
        address_behind(config.proxies),
        neighbours,
    )
    events = Events(services, fanout, rates, streams_per_connection=limits.streams_per_connection)
    Doorkeeper(
        server, services, fanout, events, system_clock, rates, connections_per_person=limits.connections_per_person
    )
    return server


def _allow_origins(app: web.Application, config: Config) -> None:
    """Let pages of the configured origins, if any, call every route."""
    if not config.cors.origins:
        return
    options = aiohttp_cors.ResourceOptions(allow_headers="*", allow_methods="*", expose_headers="*", max_age=3600)  # type: ignore[no-untyped-call]
    cors = aiohttp_cors.setup(app, defaults=dict.fromkeys(config.cors.origins, options))
    for resource in list(app.router.resources()):
        cors.add(resource)


def _running(parts: Parts, stopwatches: Stopwatches, every_seconds: int) -> Starter:
    storage, files, _, fanout, attendance, passwords, outgoing, limits, services = parts
    stopwatches.watch(storage)

    async def run(app: web.Application) -> AsyncIterator[None]:
        await storage.open(COLLECTIONS, KINDS)
        await services.imports.check()
        await files.open()
        await fanout.open(services.streams, Review(services))
        await attendance.open(services.presence.tell, fanout.alert)
        await limits.open()
        works = (_flush_presence(services), _sweep(services), _remind(services, every_seconds))
        errands = (services.errands.run(), services.upkeep.run())
        chores = [asyncio.create_task(chore) for chore in (*works, *errands, stopwatches.watch_loop())]
        services.courier.open()
        yield
        for chore in chores:
            chore.cancel()
        await services.courier.close()
        await limits.close()
        await attendance.close()
        await fanout.close()
        with suppress(Unavailable):
            await services.presence.flush()
        await files.close()
        await storage.close()
        passwords.close()
        outgoing.close()

    return run


async def _flush_presence(services: Services) -> None:
    while True:
        await asyncio.sleep(_FLUSH_SECONDS)
        try:
            await services.presence.flush()
        except Unavailable:
            _LOG.warning("storage is away: when people were seen is written down later")


async def _remind(services: Services, every_seconds: int) -> None:
    """Every process does it; each thing is told by one of them."""
    while True:
        try:
            await services.reminders.send()
        except Unavailable:
            _LOG.warning("storage is away: who is to be reminded is told later")
        except Exception:
            _LOG.exception("reminding failed, it is tried again")
        await asyncio.sleep(every_seconds)


async def _sweep(services: Services) -> None:
    """Any process may do it, and several at once."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await services.sweeping.sweep(system_clock())
        except Unavailable:
            _LOG.warning("storage is away: files that nothing holds are removed later")
