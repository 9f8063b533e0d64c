"""Webhooks go nowhere private: not by a literal address in any form, not by a name, not by a redirect."""

import dataclasses
import socket

import pytest
from aiohttp import web


@pytest.fixture
def allowed():
    """What the configuration lets us call; some tests say otherwise."""
    return ()


@pytest.fixture
def wanted(allowed):
    return {"allowed_private": allowed, "backoff_milliseconds": 1, "attempts": 1, "failures": 100}


async def refused(person, url):
    """Return what is said to be wrong with the URL."""
    reply = await person.post("/notifications/webhooks", {"url": url})
    assert (reply.status, reply.codes) == (400, {"url:BAD_WEBHOOK_ADDRESS"}), reply.body
    return reply.body["fields"]["url"][0]["d"]


async def test_a_private_address_is_refused_in_every_form(lyova):
    hosts = [
        *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001"),
        *("127.0.0.1.", "0", "0.0.0.0", "10.0.0.1", "169.254.169.254", "192.168.0.1", "172.16.0.1"),  # noqa: S104
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        *("[::127.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[ff02::1]"),
    ]
    said = {host: await refused(lyova, f"http://{host}:8080/hook") for host in hosts}
    assert said == dict.fromkeys(hosts, "private")


async def test_a_url_that_can_only_be_wrong_is_refused(lyova):
    wrong = {
        "ftp://example.org/": "scheme",
        "file:///etc/passwd": "scheme",
        "//example.org/": "scheme",
        "http://user:word@example.org/": "credentials",
        "http://example.org@127.0.0.1/": "credentials",
        "http://@127.0.0.1/": "credentials",
        "http://example.org\\@127.0.0.1/": "credentials",
        "http:///hook": "form",
        "http://example.org:0/": "form",
        "http://example.org:99999/": "form",
        "http://[::1/": "form",
        "http://exa mple.org/": "form",
        "http://127。0。0。1/": "form",
        "http://①②⑦.0.0.1/": "form",
        "http://[fe80::1%25eth0]/": "form",
        "http://127.0.0.1%2e/": "form",
        "http://example.org/#part": "fragment",
    }
    assert {url: await refused(lyova, url) for url in wrong} == wrong


async def test_without_tls_nothing_goes_out_unless_configured(serve, server, config, lyova, receiver):
    hook = await lyova.ok("/notifications/webhooks", {"url": "https://example.org/"})
    assert hook["active"]
    await server.runner.cleanup()
    webhooks = dataclasses.replace(config.webhooks, plain_http=False)
    lyova.server = await serve(dataclasses.replace(config, webhooks=webhooks))
    reply = await lyova.ask("POST", f"{lyova.server.url}/notifications/webhooks", json={"url": receiver.url()})
    assert reply.codes == {"url:BAD_WEBHOOK_ADDRESS"}


async def pinged(person, url):
    hook = await person.ok("/notifications/webhooks", {"url": url})
    made = await person.ok(f"/webhooks/{hook['id']}/ping")
    return made["status"], made["code"], made["reason"]


async def test_a_name_that_leads_to_loopback_is_not_called(lyova, receiver):
    assert await pinged(lyova, receiver.url("localhost")) == ("failed", 0, "unreachable")
    assert await pinged(lyova, receiver.url("nowhere.invalid")) == ("failed", 0, "unreachable")
    assert receiver.requests == []


async def test_where_a_name_leads_is_looked_at_each_time(lyova, receiver, monkeypatch):
    """The system's finder of names stands in for a name server that says something else each time."""
    here, nowhere = (socket.AF_INET, ("127.0.0.1", receiver.port)), (socket.AF_INET6, ("::1", receiver.port, 0, 0))
    answers = [[here], [nowhere, here]]
    find_really = socket.getaddrinfo

    def find(host, *rest, **more):
        if host != "rebinding.example":
            return find_really(host, *rest, **more)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for family, address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    for _ in range(2):
        assert await pinged(lyova, receiver.url("rebinding.example")) == ("failed", 0, "unreachable")
    assert answers == []
    assert receiver.requests == []


@pytest.mark.parametrize("allowed", [("localhost",)])
async def test_what_the_configuration_allows_is_called_and_nothing_beside_it(lyova, receiver):
    assert await pinged(lyova, receiver.url("localhost")) == ("delivered", 200, "")
    assert await refused(lyova, receiver.url("127.0.0.1")) == "private"


@pytest.mark.parametrize("allowed", [("localhost",)])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(lyova, receiver, status):
    async def elsewhere(request):
        return web.Response(status=status, headers={"Location": receiver.url("127.0.0.1", "/private")})

    receiver.answer = elsewhere
    assert await pinged(lyova, receiver.url("localhost")) == ("failed", status, "")
    assert [one.path for one in receiver.requests] == ["/hook"]


@pytest.mark.parametrize("allowed", [("localhost",)])
async def test_a_receiver_sets_no_cookies_and_gets_nothing_of_ours(lyova, receiver):
    async def baking(request):
        return web.Response(headers={"Set-Cookie": "a=b"})

    receiver.answer = baking
    for _ in range(2):
        await pinged(lyova, receiver.url("localhost"))
    for one in receiver.requests:
        assert {"cookie", "authorization"}.isdisjoint(name.lower() for name in one.headers)
