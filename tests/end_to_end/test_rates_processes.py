"""Two real processes on one Redis: one asker gets one allowance."""

import asyncio

import aiohttp
import pytest

from tests.end_to_end.processes import ServerProcess

RATES = {
    "rates_login_per_minute": "3",
    "rates_address_logins_per_minute": "6",
    "rates_account_logins_per_hour": "100",
    "rates_requests_per_second": "1",
    "rates_requests_burst": "60",
}


@pytest.fixture
def pair(tmp_path, shared_redis):
    servers = [ServerProcess(tmp_path / name, bus=shared_redis.url, **RATES) for name in ("one", "two")]
    for one in servers:
        one.start()
    yield servers
    assert [one.stop() for one in servers] == [0, 0]


async def test_a_password_is_tried_no_oftener_at_two_processes_than_at_one(pair):
    async with aiohttp.ClientSession() as http:

        async def tried(turn, name):
            body = {"email": name, "password": "x"}
            async with http.post(f"{pair[turn % 2].url}user/login", json=body) as reply:
                assert (reply.status == 429) == ("Retry-After" in reply.headers)
                return reply.status

        assert [await tried(turn, "lyova") for turn in range(5)] == [401] * 3 + [429] * 2
        assert sorted(await asyncio.gather(*(tried(turn, "anna") for turn in range(6)))) == [401] * 3 + [429] * 3
        # What one address may try is spent, whatever the account.
        assert await tried(0, "boris") == await tried(1, "boris") == 429

        async def asked(turn):
            async with http.get(f"{pair[turn % 2].url}chats/page/1") as reply:
                return reply.status

        for _ in range(40):
            await asked(0)
        async with asyncio.timeout(5):
            while await asked(1) != 429:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
