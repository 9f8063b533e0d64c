"""``python -m bench.receivers PORT SIZE``: receivers of the bare server, in a process that has files enough for them.

For each line that it reads it has the server write to all, and prints after how many seconds the last one has it.
"""

import asyncio
import sys
import time

import aiohttp
import uvloop

from bench.members import Room


async def main(port: int, size: int) -> None:
    crowd = Room(size, "")
    await crowd.fill(port)
    print("ready", flush=True)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        while await asyncio.to_thread(sys.stdin.readline):
            crowd.forget()
            begun = time.perf_counter()
            async with http.post("/emit") as response:
                assert response.status == 200
            await crowd.everyone_gets(1)
            print(time.perf_counter() - begun, flush=True)
            crowd.check(1)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
