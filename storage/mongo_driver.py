"""The seam to MongoDB's drivers: motor, or PyMongo's own asyncio client, which have the calls that we use in common.

motor is deprecated in favour of the other one (decision 0008); no other module knows which of them is in use.
"""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pymongo
from bson.errors import BSONError
from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from storage.base import Unavailable

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
Documents = AsyncCollection[Document]

DRIVERS = ("motor", "pymongo")
_DUPLICATE_KEY = 11000
_DATABASE = "chatsrv"
_FAREWELL_SECONDS = 1.0
_OPTIONS = {
    "appname": "chatsrv",
    "w": "majority",
    "readConcernLevel": "majority",
    "connectTimeoutMS": 5000,
    "timeoutMS": 10_000,
}
MOST = 100_000
"""The greatest limit that is sent. More is asked for without one, because a server may make room for it beforehand."""


def connect(url: str, driver: str) -> Client:
    """Return a client, of either driver, that connects at its first call.

    Writes are acknowledged by a majority and reads show only what a majority has, unless the URL says otherwise.
    """
    given = {option.partition("=")[0].lower() for option in url.partition("?")[2].split("&")}
    options: dict[str, Any] = {name: value for name, value in _OPTIONS.items() if name.lower() not in given}
    if driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorClient

        client: Any = AsyncIOMotorClient(url, **options)
        return cast(Client, client)
    return AsyncMongoClient(url, **options)


def database_of(client: Client) -> Database:
    """Return the database that the URL names, or chatsrv."""
    return client.get_default_database(_DATABASE)


async def close(client: Client) -> None:
    """Let go of all connections. A database that is gone is not waited for."""
    with pymongo.timeout(_FAREWELL_SECONDS):
        closing: Any = client.close()
        if inspect.isawaitable(closing):
            await closing


async def add_indexes(documents: Documents, indexes: Sequence[IndexModel]) -> None:
    """Make those indexes that are not there yet."""
    missing = await missing_indexes(documents, indexes)
    if missing:
        await documents.create_indexes(missing)


async def missing_indexes(documents: Documents, indexes: Sequence[IndexModel]) -> list[IndexModel]:
    """Return those indexes that are not there yet."""
    there = await documents.index_information()
    return [index for index in indexes if index.document["name"] not in there]


def is_duplicate(error: PyMongoError) -> bool:
    """Say whether a unique index refused the write; FerretDB 1 answers updates with its SQLite's own words."""
    many = (getattr(error, "details", None) or {}).get("writeErrors", ())
    codes = [getattr(error, "code", None), *(one["code"] for one in many)]
    return _DUPLICATE_KEY in codes or "UNIQUE constraint failed" in str(error)


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the driver raises into Unavailable."""
    try:
        yield
    except (PyMongoError, BSONError, OSError) as error:
        raise Unavailable(f"MongoDB: {str(error)[:300]}") from error
