"""The server's numbers: who may read them, and that they count what happened."""

import asyncio
import dataclasses
from collections import defaultdict

import pytest
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from chatsrv.config import ConfigError, Metrics, load
from chatsrv.measures import BOUNDS, Times
from chatsrv.monitoring_workers import joined
from tests.clients import Person

TOKEN = "a token for Prometheus"


async def numbers(person: Person) -> dict[str, float]:
    """Return every number, summed over its labels, and by itself as ``name{value of a label}``."""
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families((await person.read("/metrics")).decode()):
        for sample in family.samples:
            found[sample.name] += sample.value
            for label in sample.labels.values():
                found[f"{sample.name}{{{label}}}"] += sample.value
    return found


async def test_what_happens_is_counted(person, browser):
    lyova, anna = await person("lyova"), await person("anna")
    chat = await lyova.chat(anna)
    socket = await browser(anna)
    before = await numbers(lyova)
    for number in range(3):
        await lyova.say(chat, f"message {number}")
        await socket.next("message.new")
    await lyova.get("/nowhere")
    after = await numbers(lyova)
    assert after["chatsrv_connections{websocket}"] == 1
    assert after["chatsrv_people_connected"] == 1
    assert after["chatsrv_deliveries_total"] - before["chatsrv_deliveries_total"] >= 3
    assert after["chatsrv_push_seconds_count"] - before["chatsrv_push_seconds_count"] >= 3
    assert after["chatsrv_storage_seconds_count{append}"] - before["chatsrv_storage_seconds_count{append}"] >= 3
    posts = "chatsrv_requests_total{/chats/{id}/messages}"
    assert after[posts] - before[posts] == 3
    assert after["chatsrv_requests_total{404}"] - before["chatsrv_requests_total{404}"] == 1
    assert after["chatsrv_bus_hears"] == 1
    await socket.close()
    await socket.gone.wait()
    ended = await numbers(lyova)
    assert ended["chatsrv_connections"] == 0
    assert ended["chatsrv_connections_opened_total"] == ended["chatsrv_connections_closed_total"] == 1


async def test_a_client_that_must_read_anew_is_counted(person, browser):
    lyova = await person("lyova")
    chat = await lyova.chat()
    socket = await browser(lyova)
    before = await numbers(lyova)
    answer = await socket.call("resume", {"epoch": "another", "streams": {f"chat:{chat}": 1}})
    assert answer["streams"][f"chat:{chat}"]["reset"]
    assert (await numbers(lyova))["chatsrv_resets_total"] - before["chatsrv_resets_total"] == 1


async def test_what_a_client_missed_is_counted_apart_from_what_came_live(person, browser):
    lyova = await person("lyova")
    chat = await lyova.chat()
    first = await lyova.say(chat, "one")
    await lyova.say(chat, "two")
    await lyova.say(chat, "three")
    socket = await browser(lyova)
    before = await numbers(lyova)
    answer = await socket.call("resume", {"streams": {f"chat:{chat}": first["seq"]}})
    assert answer["streams"][f"chat:{chat}"]["recovered"]
    after = await numbers(lyova)
    assert after["chatsrv_replayed_total"] - before["chatsrv_replayed_total"] == 2
    assert after["chatsrv_repairs_total"] == 0


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
async def test_whoever_comes_by_way_of_a_proxy_is_not_on_this_machine(person, header):
    lyova = await person("lyova")
    reply = await lyova.ask("GET", "/metrics", headers={header: "127.0.0.1"})
    assert (reply.status, reply.codes) == (404, {"NOT_FOUND"})


async def test_a_token_opens_the_numbers_and_nothing_else_does(serve, config):
    server = await serve(dataclasses.replace(config, metrics=Metrics("token", TOKEN)))
    client = Person(server, "prometheus")
    assert (await client.get("/metrics")).codes == {"NO_TOKEN"}
    await client.register()
    assert (await client.get("/metrics")).codes == {"BAD_TOKEN"}
    client.token = TOKEN
    forwarded = await client.ask("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert forwarded.status == 200
    assert forwarded.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    await client.close()


async def test_everyone_may_read_where_the_configuration_says_so(serve, config):
    server = await serve(dataclasses.replace(config, metrics=Metrics("everyone")))
    client = Person(server, "stranger")
    assert (await client.ask("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"})).status == 200
    await client.close()


def test_a_token_that_can_be_guessed_is_refused_and_never_shown():
    with pytest.raises(ConfigError, match=r"metrics\.token: takes at least 16 bytes"):
        load(None, {"CHATSRV_METRICS_OPEN_TO": "token", "CHATSRV_METRICS_TOKEN": "short"})
    config = load(None, {"CHATSRV_METRICS_OPEN_TO": "token", "CHATSRV_METRICS_TOKEN": TOKEN})
    assert TOKEN not in repr(config)


def test_durations_are_counted_up_to_and_with_their_bound():
    times = Times()
    for seconds in (0.0, *BOUNDS, 11.0):
        times.add(seconds)
    assert times.counts == [2, *[1] * (len(BOUNDS) - 1), 1]
    assert times.total == pytest.approx(sum(BOUNDS) + 11)


def test_the_numbers_of_several_workers_stand_side_by_side():
    one = '# HELP a A\n# TYPE a gauge\na 1.0\n# HELP b_total B\n# TYPE b_total counter\nb_total{x="{ y"} 2.0\n'
    text = joined([("0", one), ("1", "# HELP up Up\n# TYPE up gauge\nup 1\n" + one)])
    assert text.count("# TYPE a gauge") == 1
    families = list(text_string_to_metric_families(text))
    assert {family.name for family in families} == {"a", "b", "up"}
    samples = {(one.name, *one.labels.items()): one.value for family in families for one in family.samples}
    assert samples["a", ("worker", "0")] == samples["a", ("worker", "1")] == 1
    assert samples["b_total", ("worker", "1"), ("x", "{ y")] == 2


async def test_a_token_that_is_no_text_is_wrong_and_no_crash(serve, config):
    server = await serve(dataclasses.replace(config, metrics=Metrics("token", TOKEN)))
    place = URL(server.url)
    reader, writer = await asyncio.open_connection(place.host, place.port)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()
    await writer.wait_closed()
