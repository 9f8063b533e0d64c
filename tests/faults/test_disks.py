"""A disk that is full: writes are refused with a code, reads go on, and all goes on by itself once there is room."""

import asyncio

import pytest

from tests.faults.crowds import Crowd, crowd
from tests.faults.disks import Quota, SmallDisk


@pytest.mark.parametrize("kind", [SmallDisk, Quota])
async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(single, modules, tmp_path, kind):
    disk = kind(tmp_path / "single0" / "server" / "data")
    try:
        world = single()
        async with crowd(world, modules) as people:
            async with people.writing():
                await people.more(20)
                disk.fill(world.server)
                await refused(people)
                assert len(await people.writers[0].get(people.path)) > 0
                disk.empty(world.server)
                await people.more(20)
            await people.check()
            assert all(one["returns"] == 0 for one in await people.clients.report()), "nobody was cut off"
        world.close()
    finally:
        disk.close()


async def refused(people: Crowd) -> None:
    """Write until it is refused, and make sure that it is with the code for that."""
    async with asyncio.timeout(30):
        while (reply := await people.ask(people.path, {"text": "no room"})).status == 200:
            await people.took(await reply.json())
    assert reply.status == 503
    assert "Retry-After" in reply.headers
    assert [atom["t"] for atom in (await reply.json())["global"]]
