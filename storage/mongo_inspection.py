"""Looking at a MongoDB database: what opening it would make, and what time it is there."""

from collections.abc import Sequence
from datetime import UTC

from storage.base import Collection, Kind
from storage.inspection import Inspection
from storage.mongo import META, VERSION
from storage.mongo_driver import close, connect, database_of, missing_indexes, translated
from storage.mongo_entries import INDEXES, NAME
from storage.mongo_records import indexes_of
from storage.mongo_search import unindexed


async def inspect(url: str, driver: str, collections: Sequence[Collection], kinds: Sequence[Kind]) -> Inspection:
    """Return what was found. Raises Unavailable."""
    with translated():
        client = connect(url, driver)
        try:
            database = database_of(client)
            hello = await client.admin.command("hello")
            clock = hello.get("localTime")
            now = int(clock.replace(tzinfo=UTC).timestamp() * 1000) if clock else None
            found = await database[META].find_one({"_id": "version"})
            if found is None:
                return Inspection(None, [f"make a new database of version {VERSION}"], now)
            wanted = {NAME: list(INDEXES)} | {one.name: indexes_of(one) for one in collections}
            pending = [
                f"make the index {index.document['name']} of {name}"
                for name, indexes in wanted.items()
                for index in await missing_indexes(database[name], indexes)
            ]
            searches = {kind.name: kind.search for kind in kinds}
            searches |= {one.name: one.search for one in collections if one.search}
            pending += [f"index the words of {name}" for name in await unindexed(database[META], searches)]
            return Inspection(int(found["value"]), pending, now)
        finally:
            await close(client)
