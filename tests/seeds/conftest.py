"""The people of the TalkMachine seed."""

import pytest

from tests.clients import Person


@pytest.fixture
async def nobody(server):
    """A client without an account."""
    client = Person(server, "nobody")
    yield client
    await client.close()


@pytest.fixture
async def lev(person):
    """The document's writer."""
    lev = await person("Nagibator")
    await lev.ok("/user/edit", {"name": "Lev Tolstoy", "bio": "A Russian writer", "avatar": "/avatar/url"})
    return lev


@pytest.fixture
async def anna(person):
    return await person("anna")
