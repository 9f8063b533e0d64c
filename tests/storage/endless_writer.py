"""Appends without end and prints the number of each entry once it was answered, until it is killed."""

import asyncio
import itertools
import sys

from storage import open_engine
from storage.base import Draft, Kind, Searchable


async def main(url: str, start: int) -> None:
    storage = open_engine(url)
    await storage.open((), (Kind("message", Searchable(("text",))),))
    # Numbers of a life that was killed may have been written without an answer, so each life has its own.
    numbers = itertools.count(start * 1000 + 1)

    async def write() -> None:
        while True:
            number = next(numbers)
            await storage.append(
                Draft(number, "chat:1", "message", "message.new", 1, {"number": number, "text": "every"})
            )
            print(number, flush=True)

    await asyncio.gather(*(write() for _ in range(16)))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
