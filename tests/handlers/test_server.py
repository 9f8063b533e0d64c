"""The server itself: its health, and the files of the page."""

import dataclasses
import gzip

import aiohttp
import pytest

from tests.clients import Person


async def test_it_lives_and_is_ready(person):
    lyova = await person("lyova")
    assert (await lyova.read("/health"))["status"] == "ok"
    assert await lyova.read("/ready") == {"status": "ready"}


async def test_it_is_not_ready_without_storage(person, services):
    lyova = await person("lyova")
    await services.storage.close()
    reply = await lyova.get("/ready")
    assert (reply.status, reply.codes) == (503, {"UNAVAILABLE"})
    assert reply.body["global"][0]["d"] == "storage"
    assert reply.headers["Retry-After"] == "1"
    assert (await lyova.get("/health")).status == 200


async def test_a_file_of_the_page_is_sent_again_only_when_it_changed(person):
    lyova = await person("lyova")
    page = await lyova.get("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    again = await lyova.ask("GET", "/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert (await lyova.ask("GET", "/", headers={"If-None-Match": '"other"'})).status == 200
    script = await lyova.get("/web/app.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("wanted", "is_packed"),
    [("gzip, br", True), ("br;q=1, GZIP; q=0.5", True), ("gzip;q=0", False), ("gzip;q=0.00", False), ("br", False)],
)
async def test_a_file_of_the_page_is_packed_for_who_takes_gzip(serve, config, wanted, is_packed):
    server = await serve(config)
    async with aiohttp.ClientSession(server.url, auto_decompress=False) as http:
        async with http.get("/web/app.js", headers={"Accept-Encoding": wanted}) as answer:
            body, headers = await answer.read(), answer.headers
        same = {"Accept-Encoding": wanted, "If-None-Match": headers["ETag"]}
        async with http.get("/web/app.js", headers=same) as again:
            assert again.status == 304
        other = {"Accept-Encoding": "br" if is_packed else "gzip", "If-None-Match": headers["ETag"]}
        async with http.get("/web/app.js", headers=other) as again:
            assert again.status == 200
    assert (headers.get("Content-Encoding") == "gzip") is is_packed
    assert headers["Vary"] == "Accept-Encoding"
    assert b"import" in (gzip.decompress(body) if is_packed else body)


async def test_pages_of_configured_origins_may_call_and_others_may_not(serve, config):
    server = await serve(
        dataclasses.replace(config, cors=dataclasses.replace(config.cors, origins=("https://a.example",)))
    )
    lyova = Person(server, "lyova")
    for origin, allowed in (("https://a.example", "https://a.example"), ("https://b.example", None)):
        reply = await lyova.ask("GET", "/health", headers={"Origin": origin})
        assert reply.headers.get("Access-Control-Allow-Origin") == allowed
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    reply = await lyova.ask("OPTIONS", "/user/login", headers=preflight)
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (200, "https://a.example")
    await lyova.close()


async def test_each_client_behind_a_trusted_proxy_has_a_rate_of_its_own(serve, config):
    rates = dataclasses.replace(config.rates, login_per_minute=1)
    for proxies, statuses in ((0, [401, 429, 429]), (1, [401, 401, 429])):
        server = await serve(dataclasses.replace(config, rates=rates, proxies=proxies, data=f"{config.data}{proxies}"))
        client = Person(server, "nobody")
        body = {"email": "nobody", "password": "x"}
        replies = [
            await client.post("/user/login", body, headers={"X-Forwarded-For": said})
            for said in ("10.0.0.1", "10.0.0.9, 10.0.0.2", "forged, 10.0.0.2")
        ]
        assert [reply.status for reply in replies] == statuses
        await client.close()
