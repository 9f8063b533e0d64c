"""Whatever dies or stands still, what was acknowledged is there once, in order, at every client on every transport."""

import pytest

from tests.faults import deaths
from tests.faults.crowds import crowd


async def test_a_server_killed_again_and_again_in_the_middle_of_commits_loses_nothing(single, modules):
    async with crowd(single(), modules) as people:
        async with people.writing():
            for _ in range(5):
                await deaths.kill_a_server(people)
            await people.more(10)
        await people.check()
        assert all(one["returns"] > 0 for one in await people.clients.report())


@pytest.mark.parametrize(
    "fault", [deaths.kill_a_server, deaths.stop_redis, deaths.freeze_redis, deaths.stop_mongodb, deaths.freeze_mongodb]
)
async def test_of_many_servers_none_loses_anything(pair, modules, fault):
    async with crowd(pair, modules, listeners=("polling", "websocket") * 2) as people:
        async with people.writing(pause=0.05):
            await people.more(10)
            await fault(people)
            await people.more(10)
        await people.check()
