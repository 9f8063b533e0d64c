"""The engines that keep the contract: one row each. An engine is added here and nowhere else in this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from storage import open_engine
from storage.base import Collection, Kind, Searchable, Storage

COLLECTIONS = (
    Collection(
        "things",
        indexes=(("owner", "added"), ("owner",), ("colour", "size")),
        unique=(("name",), ("owner", "place")),
    ),
    Collection("others", search=Searchable(("name", "about"), unless=("hidden",))),
)
PLAIN = (COLLECTIONS[0], Collection("others"))
KINDS = (Kind("note", Searchable(("text",), unless=("gone",))),)
ENGINES = ["sqlite", "motor", "pymongo"]

Open = Callable[..., Awaitable[Storage]]


@pytest.fixture(params=ENGINES)
async def open_storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Open the same database, again and again, or another one; also by a program that searches nothing."""
    driver = request.param
    url = f"sqlite:///{tmp_path}/test.db" if driver == "sqlite" else request.getfixturevalue("mongodb")
    opened: list[Storage] = []

    async def open_one(*, searching: bool = True, another: str = "") -> Storage:
        engine = open_engine(url + another, mongodb_driver=driver)
        opened.append(engine)
        await engine.open(*((COLLECTIONS, KINDS) if searching else (PLAIN,)))
        return engine

    yield open_one
    for engine in opened:
        await engine.close()


@pytest.fixture
async def storage(open_storage: Open) -> Storage:
    """An open engine."""
    return await open_storage()
