"""Guessing: passwords, tokens, codes and secrets can be tried so often, and no oftener; who knows them is let in."""

import asyncio
import dataclasses
from contextlib import AsyncExitStack

import pytest

from tests.clients import PASSWORD, Person


@pytest.fixture
async def limited(serve, config):
    """Start a server with other rates, and log lyova in to it."""
    async with AsyncExitStack() as stack:

        async def start(**rates):
            server = await serve(dataclasses.replace(config, rates=dataclasses.replace(config.rates, **rates)))
            lyova = Person(server, "lyova")
            stack.push_async_callback(lyova.close)
            await lyova.register()
            return lyova

        yield start


def held(reply):
    assert (reply.status, reply.codes) == (429, {"TOO_MANY_REQUESTS"}), reply.body
    assert int(reply.headers["Retry-After"]) == reply.body["global"][0]["d"] >= 1
    return True


LOGINS = {
    "/user/login": lambda name: {"email": name, "password": "x"},
    "/login": lambda name: {"username": name, "password": "x"},
    "/v0/users/token": lambda name: {"username": name, "password": "x"},
    "/v0/users/login": lambda name: {"username": name, "password": "x"},
}


@pytest.mark.parametrize("path", LOGINS)
async def test_a_password_is_tried_so_often_from_one_address_by_whatever_dialect(limited, path):
    lyova = await limited(login_per_minute=3)
    replies = [await lyova.post(path, LOGINS[path](name)) for name in ("lyova", "LYOVA", "Lyova")]
    assert [reply.status for reply in replies] == [401] * 3
    assert held(await lyova.post("/user/login", {"email": "lyova", "password": PASSWORD}))
    assert (await lyova.post(path, LOGINS[path]("anna"))).status == 401


async def test_many_accounts_are_tried_from_one_address_so_often(limited):
    lyova = await limited(address_logins_per_minute=5)
    replies = [await lyova.post("/user/login", LOGINS["/user/login"](f"name{turn}")) for turn in range(6)]
    assert [reply.status for reply in replies[:5]] == [401] * 5
    assert held(replies[5])
    assert (await lyova.get("/user/me")).status == 200


async def test_one_account_is_tried_from_many_addresses_so_often(serve, config):
    rates = dataclasses.replace(config.rates, account_logins_per_hour=4)
    nobody = Person(await serve(dataclasses.replace(config, rates=rates, proxies=1)), "nobody")

    async def tried(number):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        return await nobody.post("/user/login", {"email": "lyova", "password": "x"}, headers=headers)

    replies = [await tried(number) for number in range(5)]
    await nobody.close()
    assert [reply.status for reply in replies[:4]] == [401] * 4
    assert held(replies[4])


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("no:address", "no:address", True),
    ],
)
async def test_the_addresses_of_one_network_are_one_asker(serve, config, first, second, same):
    rates = dataclasses.replace(config.rates, address_logins_per_minute=1)
    nobody = Person(await serve(dataclasses.replace(config, rates=rates, proxies=1)), "nobody")
    body = {"email": "lyova", "password": "x"}
    replies = [await nobody.post("/user/login", body, headers={"X-Forwarded-For": one}) for one in (first, second)]
    await nobody.close()
    assert [reply.status for reply in replies] == [401, 429 if same else 401]


async def test_a_session_that_was_stolen_does_not_let_the_password_be_guessed(limited):
    lyova = await limited(account_logins_per_hour=4)
    for turn in range(2):
        assert (await lyova.post("/user/edit", {"old_password": f"x{turn}", "email": "a@b.org"})).status == 403
        assert (await lyova.post("/user/delete", {"password": f"x{turn}"})).status == 403
    assert held(await lyova.post("/user/delete", {"password": PASSWORD}))
    assert held(await lyova.post("/user/edit", {"old_password": PASSWORD, "email": "a@b.org"}))


GUESSES = {
    "token": lambda one: one.ask("GET", "/user/me", headers={"Authorization": "Bearer a.b.c"}),
    "bot's token": lambda one: one.ask("GET", "/user/me", headers={"Authorization": "Bearer 1:abcdef"}),
    "refresh token": lambda one: one.post("/user/refresh", {"refresh_token": "abc"}),
    "logout": lambda one: one.ask("POST", "/user/logout", headers={"Authorization": "Bearer a.b.c"}),
    "forum's token": lambda one: one.post("/articles/new", {"access-token": "a.b.c", "title": "x", "text": "x"}),
    "signature": lambda one: one.get("/attachments/00000000-0000-4000-8000-000000000000?signature=a.b.c"),
    "client's secret": lambda one: one.ask(
        "POST",
        "/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x", "client_secret": "x"},
    ),
    "code": lambda one: one.ask(
        "POST", "/oauth/revoke", data={"token": "x", "client_id": "x", "client_secret": "wrong"}
    ),
}


@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
async def test_wrong_secrets_are_told_so_a_few_times_and_right_ones_always_pass(limited, guess):
    lyova = await limited(guesses_per_minute=3)
    assert [(await guess(lyova)).status for _ in range(3)] == [401] * 3
    assert held(await guess(lyova))
    assert (await lyova.get("/user/me")).status == 200


async def test_a_token_is_guessed_no_oftener_over_socket_io(limited, browser):
    lyova = await limited(guesses_per_minute=3)
    stranger = Person(lyova.server, "stranger")
    stranger.token = "a.b.c"
    for _ in range(3):
        assert await asyncio.gather(browser(stranger), return_exceptions=True) != []
    assert held(await lyova.ask("GET", "/user/me", headers={"Authorization": "Bearer a.b.c"}))
    await stranger.close()
    page = await browser(lyova)
    assert page.sio.connected


async def test_an_expired_or_missing_token_is_no_guess(limited):
    lyova = await limited(guesses_per_minute=1)
    for _ in range(3):
        assert (await lyova.ask("GET", "/user/me", headers={"Authorization": ""})).codes == {"NO_TOKEN"}
