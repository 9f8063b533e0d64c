"""What the tests of webhooks do again and again: register one, and wait for what becomes of it."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager

from tests.clients import PATIENCE
from tests.receivers import Receiver


def hurried(config, **more):
    """Return the configuration with receivers on loopback and a failed delivery tried again at once."""
    usual = {
        **{"plain_http": True, "allowed_private": ("127.0.0.1",), "body_bytes": 2000},
        **{"backoff_milliseconds": 20, "look_seconds": 1, "timeout_seconds": 2, "attempts": 4, "failures": 2},
        **{"per_chat": 3, "per_person": 4},
    }
    return dataclasses.replace(config, webhooks=dataclasses.replace(config.webhooks, **usual | more))


@asynccontextmanager
async def listening():
    one = Receiver()
    await one.start()
    yield one
    await one.stop()


async def hooked(person, chat, receiver, *events, url=None):
    body = {"url": url or receiver.url(), "events": list(events)}
    return await person.ok(f"/chats/{chat}/webhooks", body)


async def deliveries(person, hook):
    return await person.read(f"/webhooks/{hook['id']}/deliveries")


async def until(look, wanted):
    """Look again until that is seen, and return it."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(seen := await look()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return seen


async def settled(person, hook, status, count=1):
    """Wait until so many deliveries were made, the latest with this status, and return that one."""

    async def look():
        return await deliveries(person, hook)

    return (await until(look, lambda made: len(made) == count and made[0]["status"] == status))[0]


async def switched_off(person, chat):
    async def look():
        return await person.read(f"/chats/{chat}/webhooks")

    return (await until(look, lambda hooks: not hooks[0]["active"]))[0]
