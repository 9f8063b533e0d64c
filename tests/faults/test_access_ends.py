"""Who has lost access gets nothing that is written later than a second after, on whatever transport they listen."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import jwt
import pytest

from tests.end_to_end.cluster import Writer
from tests.faults.clients import Clients, Seat
from tests.faults.crowds import TRANSPORTS, Crowd, crowd
from tests.faults.worlds import SECRET

SECOND = 1.0
_SOON = 12
Take = Callable[[Crowd, Writer], Awaitable[float]]


async def log_out(people: Crowd, victim: Writer) -> float:
    """Revoke the token by ending its session, at another server if there is one."""
    await victim.post("user/logout", {})
    return time.time()


async def exclude(people: Crowd, victim: Writer) -> float:
    """Let the chat's founder show them out."""
    await people.writers[0].post(f"chats/{people.chat}/exclude/{victim.nickname}", {})
    return time.time()


async def disable(people: Crowd, victim: Writer) -> float:
    """Let an admin shut the account."""
    await people.writers[0].post(f"user/{victim.nickname}/disable", {})
    return time.time()


async def expire(people: Crowd, victim: Writer) -> float:
    """Wait until the token has expired while its sockets are open."""
    expires = jwt.decode(victim.token, SECRET, algorithms=["HS256"], options={"verify_exp": False})["exp"]
    await asyncio.sleep(max(0.0, expires - time.time()))
    return float(expires)


def short_lived(token: str) -> str:
    """Return a token like this one that expires in a moment."""
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    return jwt.encode(claims | {"exp": int(time.time()) + _SOON}, SECRET, algorithm="HS256")


@pytest.mark.parametrize("take", [log_out, exclude, disable, expire])
async def test_on_one_server_nothing_comes_later_than_a_second_after(single, modules, take):
    async with crowd(single(), modules) as people:
        await nothing_later(people, modules, take)


@pytest.mark.parametrize("take", [log_out, exclude, disable, expire])
async def test_on_two_servers_nothing_comes_later_than_a_second_after(pair, modules, take):
    async with crowd(pair, modules, writers=2, listeners=("websocket",)) as people:
        await nothing_later(people, modules, take)


async def nothing_later(people: Crowd, modules, take: Take) -> None:
    """Take access away from somebody who listens on every transport while others write on."""
    if take is disable:
        await asyncio.to_thread(people.world.appoint, people.writers[0].nickname)
    async with aiohttp.ClientSession() as http:
        victim = Writer(people.world, f"victim{time.time_ns()}", http)
        await victim.register()
        await people.writers[0].post(f"user/{victim.nickname}/invite/{people.chat}", {})
        token = short_lived(victim.token) if take is expire else victim.token
        victim.token = token
        doors, stream = people.world.urls, f"chat:{people.chat}"
        seats = [Seat(doors[place % len(doors)], name, token, stream, 0) for place, name in enumerate(TRANSPORTS * 2)]
        clients = Clients(modules, seats)
        await clients.open()
        try:
            await clients.until(1)
            async with people.writing(pause=0.05):
                await people.more(20)
                taken = await take(people, victim)
                while time.time() < taken + 2 * SECOND:
                    await people.more(1)
            for heard in await clients.report():
                assert not heard["wrong"], heard["wrong"]
                assert heard["heardAt"] / 1000 > taken - 2 * SECOND, "they heard the chat until then"
                assert heard["heardAt"] / 1000 <= taken + SECOND, heard["heardAt"] / 1000 - taken
                assert heard["denied"] or take is exclude
        finally:
            await clients.close()
