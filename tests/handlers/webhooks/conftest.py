"""A receiver of webhooks on loopback, and a server that calls it."""

import pytest

from tests.webhooks import hurried, listening


@pytest.fixture
def wanted():
    """What a test sets otherwise."""
    return {}


@pytest.fixture
def config(config, wanted):
    return hurried(config, **wanted)


@pytest.fixture
async def receiver():
    async with listening() as one:
        yield one


@pytest.fixture
async def lyova(person):
    return await person("lyova")
