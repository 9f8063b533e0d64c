"""The clock that stands still while this process is given no processor."""

import asyncio
import time

import pytest

from tests.within import within


async def test_what_takes_too_long_is_told():
    with pytest.raises(TimeoutError):
        async with within(0.05):
            await asyncio.sleep(60)


async def test_a_stall_of_the_process_does_not_count():
    async with within(0.1):
        time.sleep(0.3)  # noqa: ASYNC251
        await asyncio.sleep(0)
        await asyncio.sleep(0.03)
