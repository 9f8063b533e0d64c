"""What tests of the client start from: clients that are logged in at a real server."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from chatsrv.client import Client
from tests.clients import PASSWORD, Server

MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
async def client_at() -> AsyncIterator[MakeClient]:
    """Make accounts at any server: ``await client_at("lyova", url)``."""
    async with AsyncExitStack() as stack:

        async def register(nickname: str, *addresses: str) -> Client:
            made = await stack.enter_async_context(Client(*addresses, patience=10))
            await made.register(nickname, PASSWORD, f"{nickname}@example.org")
            return made

        yield register


@pytest.fixture
def client(server: Server, client_at: MakeClient) -> MakeClient:
    """Make accounts: ``await client("lyova")`` registers one and returns its client."""
    return lambda nickname: client_at(nickname, server.url)
