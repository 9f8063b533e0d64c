"""A receiver of webhooks on loopback."""

import pytest

from tests.webhooks import listening


@pytest.fixture
async def receiver():
    async with listening() as one:
        yield one


@pytest.fixture
async def lyova(person):
    return await person("lyova")
