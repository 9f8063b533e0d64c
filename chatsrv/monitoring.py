"""The numbers of one process as Prometheus reads them: gathered when they are asked for, never before."""

from collections.abc import Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from chatsrv import __version__
from chatsrv.measures import BOUNDS, Pushes, Requests, Times
from chatsrv.security import Passwords
from chatsrv.timing import Stopwatches
from storage.base import Storage
from ws.bus import Bus
from ws.fanout import Fanout
from ws.protocol import SocketServer

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class Watched(NamedTuple):
    """What the numbers are read from."""

    storage: Storage
    bus: Bus
    fanout: Fanout
    sockets: SocketServer
    passwords: Passwords
    requests: Requests
    stopwatches: Stopwatches


class Monitoring(Collector):
    """Reads what a process counted, with a registry of its own."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> str:
        """Return all numbers of this process in the text format."""
        return generate_latest(self._registry).decode()

    def collect(self) -> Iterator[Family]:
        """Yield our own numbers."""
        yield _info()
        yield from _connections(self._watched)
        yield from _pushes(self._watched.fanout.pushes)
        yield from _requests(self._watched.requests)
        yield from _storage(self._watched)
        yield from _bus(self._watched.bus)
        yield _gauge(
            "chatsrv_password_hashes", "Password hashes under way or waiting", self._watched.passwords.under_way
        )
        loop = HistogramMetricFamily("chatsrv_loop_lag_seconds", "How late the event loop woke up")
        yield _histogram(loop, [], self._watched.stopwatches.loop)


def _info() -> Family:
    family = GaugeMetricFamily("chatsrv_info", "1, with what runs here", labels=["version"])
    family.add_metric([__version__], 1)
    return family


def _connections(watched: Watched) -> Iterator[Family]:
    server = watched.sockets.eio
    sockets = list(server.sockets.values())
    upgraded = sum(1 for one in sockets if one.upgraded)
    open_ones = GaugeMetricFamily("chatsrv_connections", "Live connections", labels=["transport"])
    open_ones.add_metric(["websocket"], upgraded)
    open_ones.add_metric(["polling"], len(sockets) - upgraded)
    yield open_ones
    yield _gauge("chatsrv_connections_limit", "How many live connections are let in", server.limits.connections)
    yield _counter("chatsrv_connections_opened", "Connections that were let in", server.opened)
    closed = CounterMetricFamily("chatsrv_connections_closed", "Connections that ended, by why", labels=["reason"])
    for reason, count in sorted(server.closed.items()):
        closed.add_metric([reason], count)
    yield closed
    yield _gauge(
        "chatsrv_unread_bytes", "Bytes that wait for clients to read them", sum(one.buffered for one in sockets)
    )
    yield _gauge("chatsrv_people_connected", "People who are connected", watched.fanout.people)
    yield _gauge("chatsrv_streams_heard", "Streams that somebody hears", watched.fanout.streams)


def _pushes(pushes: Pushes) -> Iterator[Family]:
    yield _counter("chatsrv_events_published", "Events published by this process", pushes.published)
    yield _counter("chatsrv_deliveries", "Events written to clients, each client counted", pushes.delivered)
    yield _counter("chatsrv_replayed", "Events read from storage for clients that had missed them", pushes.replayed)
    yield _counter(
        "chatsrv_repairs", "Clients for whom a push was lost or late and is read from storage", pushes.repaired
    )
    yield _counter("chatsrv_resets", "Streams that a client was told to read anew", pushes.reset)
    lag = HistogramMetricFamily(
        "chatsrv_push_seconds", "From the end of a commit until the event was handed to every client of this process"
    )
    yield _histogram(lag, [], pushes.seconds)


def _requests(requests: Requests) -> Iterator[Family]:
    answered = CounterMetricFamily(
        "chatsrv_requests", "Answers over HTTP; without a route nothing is there", labels=["method", "route", "status"]
    )
    for (method, path, status), count in sorted(requests.answered.items()):
        answered.add_metric([method, path, str(status)], count)
    yield answered
    yield _histogram(
        HistogramMetricFamily("chatsrv_request_seconds", "How long answers took, files apart"), [], requests.seconds
    )


def _storage(watched: Watched) -> Iterator[Family]:
    taken = HistogramMetricFamily(
        "chatsrv_storage_seconds", "How long storage took, waiting included", labels=["operation"]
    )
    for operation, times in sorted(watched.stopwatches.storage.items()):
        if any(times.counts):
            _histogram(taken, [operation], times)
    yield taken
    failed = CounterMetricFamily(
        "chatsrv_storage_failures", "Operations that storage could not do", labels=["operation"]
    )
    for operation, count in sorted(watched.stopwatches.failures.items()):
        failed.add_metric([operation], count)
    yield failed
    yield _gauge("chatsrv_storage_waiting", "Writes that wait to be committed", watched.storage.waiting)


def _bus(bus: Bus) -> Iterator[Family]:
    traffic = bus.traffic
    yield _gauge("chatsrv_bus_hears", "1 while what other processes publish arrives here", int(bus.hears))
    yield _counter("chatsrv_bus_published", "Payloads sent to other processes", traffic.published)
    yield _counter("chatsrv_bus_received", "Payloads of other processes", traffic.received)
    yield _counter("chatsrv_bus_dropped", "Payloads that could not be sent; others read storage", traffic.dropped)
    yield _counter("chatsrv_bus_foreign", "Payloads on Redis that are not ours", traffic.foreign)
    yield _counter("chatsrv_bus_reconnects", "How often Redis was heard again", traffic.reconnects)
    yield _gauge("chatsrv_bus_waiting", "Payloads that wait to be sent", traffic.waiting)
    yield _gauge("chatsrv_bus_waiting_bytes", "Bytes that wait to be sent", traffic.waiting_bytes)
    beats = HistogramMetricFamily("chatsrv_bus_beat_seconds", "This process' own beat, to Redis and back")
    yield _histogram(beats, [], traffic.beats)


def _gauge(name: str, sentence: str, value: float) -> Family:
    return GaugeMetricFamily(name, sentence, value=value)


def _counter(name: str, sentence: str, value: float) -> Family:
    return CounterMetricFamily(name, sentence, value=value)


def _histogram(family: HistogramMetricFamily, labels: list[str], times: Times) -> Family:
    buckets, so_far = [], 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), times.counts, strict=True):
        so_far += count
        buckets.append((bound, float(so_far)))
    family.add_metric(labels, buckets, times.total)
    return family
