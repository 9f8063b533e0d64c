"""The bus on a real Redis that is killed, frozen, restarted, poisoned, and shared with strangers."""

import asyncio
import logging

import pytest
from redis.asyncio import Redis

from tests.nodes import PACE, Node, Nodes, nodes_on, until
from tests.within import within
from ws import Pace, open_bus


@pytest.fixture
async def nodes(tmp_path):
    async with nodes_on("redis", tmp_path) as opened:
        yield opened


@pytest.fixture
async def pair(nodes: Nodes):
    here, there = await nodes.open(), await nodes.open()
    await there.bus.subscribe("chat:1")
    return here, there


@pytest.fixture
async def stranger(nodes: Nodes):
    """Somebody else with a connection to the same Redis."""
    async with Redis.from_url(nodes.redis.url, protocol=2) as client:
        yield client


class Filter:
    """A wire between a node and Redis that keeps back what contains a word."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.swallow: bytes | None = None
        self._pumps: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Filter":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, onward = await asyncio.open_connection("127.0.0.1", self._behind)
        for source, target in ((reader, onward), (behind, writer)):
            self._pumps.add(asyncio.create_task(self._pump(source, target)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65_536):
                if self.swallow is None or self.swallow not in data:
                    target.write(data)
        finally:
            target.close()


async def goes_through(here: Node, there: Node, word: bytes) -> None:
    here.bus.publish("chat:1", word)
    while await there.next() != ("chat:1", word):
        pass


async def test_only_what_is_wanted_is_subscribed(pair, stranger):
    here, there = pair
    await here.bus.subscribe("chat:1")
    assert await stranger.pubsub_numsub("chatsrv:0:chat:1", "chatsrv:0:chat:2") == [
        (b"chatsrv:0:chat:1", 2),
        (b"chatsrv:0:chat:2", 0),
    ]
    await there.bus.unsubscribe("chat:1")
    await there.bus.subscribe("chat:2")
    assert await stranger.pubsub_numsub("chatsrv:0:chat:1", "chatsrv:0:chat:2") == [
        (b"chatsrv:0:chat:1", 1),
        (b"chatsrv:0:chat:2", 1),
    ]
    here.bus.publish("chat:2", b"x")
    assert await there.next() == ("chat:2", b"x")
    assert there.bus.received == 1
    assert here.bus.received == 0


async def test_many_who_subscribe_at_once_share_round_trips(nodes, stranger):
    there = await nodes.open(Pace(beat_seconds=1, deaf_seconds=60))  # a busy machine is no deafness
    before = (await stranger.info("commandstats"))["cmdstat_subscribe"]["calls"]
    await asyncio.gather(*(there.bus.subscribe(f"chat:{number}") for number in range(5000)))
    after = (await stranger.info("commandstats"))["cmdstat_subscribe"]["calls"]
    assert after - before <= 10
    assert len(await stranger.pubsub_channels("chatsrv:0:chat:*")) == 5000


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_a_redis_that_was_away_is_heard_again_and_that_is_told(nodes, pair, end):
    here, there = pair
    getattr(nodes.redis, end)()
    await until(lambda: not here.bus.hears and not there.bus.hears)
    here.bus.publish("chat:1", b"lost")
    assert here.bus.dropped >= 1
    await there.bus.subscribe("chat:2")
    nodes.redis.start()
    for node in pair:
        await node.restored(1)
    # That something was lost may be told by the other one, before one's own beat is heard.
    await until(lambda: here.bus.hears and there.bus.hears)
    assert [node.bus.reconnects for node in pair] == [1, 1]
    await goes_through(here, there, b"again")
    here.bus.publish("chat:2", b"wanted while it was away")
    assert await there.next() == ("chat:2", b"wanted while it was away")
    assert ("chat:1", b"lost") not in there.heard


async def test_a_frozen_redis_is_noticed_blocks_nobody_and_is_heard_when_it_thaws(nodes, pair):
    here, there = pair
    nodes.redis.freeze()
    here.bus.publish("chat:1", b"maybe")
    async with within(2 * PACE.deaf_seconds):
        await until(lambda: not here.bus.hears and not there.bus.hears)
    async with within(2 * PACE.deaf_seconds):
        for _ in range(1000):
            here.bus.publish("chat:1", b"x" * 1000)
        await there.bus.subscribe("chat:2")
    nodes.redis.thaw()
    for node in pair:
        await node.restored(1)
    await goes_through(here, there, b"again")


async def test_who_waits_for_a_subscription_while_redis_freezes_is_let_go(nodes, pair):
    _, there = pair
    nodes.redis.freeze()
    async with within(3 * PACE.deaf_seconds):
        await asyncio.gather(*(there.bus.subscribe(f"chat:{number}") for number in range(100)))
    nodes.redis.thaw()
    await there.restored(1)


async def test_without_redis_it_opens_deaf_and_hears_when_redis_comes(nodes):
    nodes.redis.kill()
    here, there = await nodes.open(), await nodes.open()
    assert not here.bus.hears
    await here.bus.subscribe("chat:1")
    await there.bus.subscribe("chat:1")
    here.bus.publish("chat:1", b"to my own")
    assert here.heard == [("chat:1", b"to my own")]
    nodes.redis.start()
    for node in (here, there):
        await node.restored(1)
    await goes_through(here, there, b"live")
    await until(lambda: here.bus.hears)


async def test_a_connection_that_redis_drops_is_made_anew(pair, stranger):
    here, there = pair
    for kind in ("pubsub", "normal"):
        restored = there.times_restored
        await stranger.client_kill_filter(_type=kind, skipme=True)
        await there.restored(restored + 1)
        await until(lambda: here.bus.hears)
        await goes_through(here, there, kind.encode())


async def test_who_is_connected_but_hears_nothing_is_deaf_and_connects_anew(nodes):
    """The sockets stand and every command succeeds, but no message arrives: seen upstream, for a day."""
    async with Filter(nodes.redis.port) as between:
        here, there = await nodes.open(), Node(open_bus(f"redis://127.0.0.1:{between.port}/0", PACE))
        await there.open()
        await there.bus.subscribe("chat:1")
        await goes_through(here, there, b"heard")
        between.swallow = b"message"
        await until(lambda: not there.bus.hears)
        assert here.bus.hears
        between.swallow = None
        await there.restored(1)
        await goes_through(here, there, b"again")
        await there.bus.close()


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b" ",
        b"\xff\xfe",
        b"no envelope",
        b"short 1 42[]",
        b"x" * 16,
        b"[" * 100_000,
        b"0" * 16 + b" " + b"x" * 2_000_000,
    ],
)
async def test_what_is_not_ours_is_counted_and_changes_nothing(pair, stranger, poison, caplog):
    here, there = pair
    channels = await stranger.pubsub_channels("chatsrv:0:*")
    assert len(channels) == 4  # the chat, everyone's, and the beats of two
    for channel in channels:
        assert await stranger.publish(channel, poison) >= 1
    with caplog.at_level(logging.INFO):
        await goes_through(here, there, b"still here")
    assert there.heard == [("chat:1", b"still here")]
    assert there.bus.foreign == 3
    assert len([record for record in caplog.records if "not ours" in record.message]) <= 2
    assert there.times_restored == 0
    assert there.bus.hears


async def test_what_does_not_fit_the_queue_is_dropped_counted_and_the_others_are_told(nodes):
    here, there = await nodes.open(Pace(0.1, 0.6, queue=100, queue_bytes=1_000_000)), await nodes.open()
    await there.bus.subscribe("chat:1")
    for number in range(150):
        here.bus.publish("chat:1", str(number).encode())
    assert here.bus.dropped == 50
    assert [(await there.next())[1] for _ in range(100)] == [str(number).encode() for number in range(100)]
    await there.restored(1)
    big = b"x" * 400_000
    for _ in range(3):
        here.bus.publish("chat:1", big)
    assert here.bus.dropped == 51
    assert [(await there.next())[1] for _ in range(2)] == [big, big]
    await there.restored(2)
    assert here.times_restored == 0


async def test_what_is_larger_than_any_event_is_not_sent(pair):
    here, there = pair
    here.bus.publish("chat:1", b"x" * 2_000_000)
    await there.restored(1)
    await goes_through(here, there, b"small")
    assert here.bus.dropped == 1


async def test_the_order_of_one_process_holds_while_another_writes_too(pair):
    here, there = pair
    third = there
    for number in range(3000):
        here.bus.publish("chat:1", f"a {number}".encode())
        third.bus.publish("chat:1", f"b {number}".encode())
        if number % 100 == 0:
            await asyncio.sleep(0)
    await until(lambda: len(third.heard) == 6000)
    for name in (b"a", b"b"):
        numbers = [int(payload.split()[1]) for _, payload in third.heard if payload.startswith(name)]
        assert numbers == list(range(3000))


async def test_servers_on_different_databases_of_one_redis_hear_nothing_of_each_other(nodes, pair):
    here, there = pair
    other = Node(open_bus(nodes.redis.url.removesuffix("0") + "1", PACE))
    await other.open()
    await other.bus.subscribe("chat:1")
    await goes_through(here, there, b"between us")
    other.bus.alert()
    other.bus.publish("chat:1", b"elsewhere")
    await goes_through(here, there, b"still between us")
    assert [payload for _, payload in other.heard] == [b"elsewhere"]
    assert there.times_restored == 0
    await other.bus.close()


@pytest.mark.parametrize("url", ["redis://h:port", "amqp://h", "memory://x", "redis:/x"])
def test_a_url_that_names_no_bus_is_refused(url):
    with pytest.raises(ValueError):
        open_bus(url)


async def test_a_server_that_is_no_redis_leaves_it_deaf_and_says_why(tmp_path, caplog):
    async def chatter(reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100)
        writer.close()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    node = Node(open_bus(f"redis://user:password@127.0.0.1:{port}", PACE))
    await node.open()
    assert not node.bus.hears
    assert "without Redis" in caplog.text
    assert "password" not in caplog.text
    await node.bus.close()
    server.close()


@pytest.mark.parametrize("turns", range(12))
async def test_it_can_be_closed_at_the_very_moment_at_which_redis_dies(nodes, turns):
    """Python 3.11's task groups forget a cancellation that comes together with a failure."""
    opened = [await nodes.open() for _ in range(5)]
    nodes.redis.kill()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with within(3):
        await asyncio.gather(*(node.bus.close() for node in opened))
