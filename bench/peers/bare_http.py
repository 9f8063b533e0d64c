"""The floor: an aiohttp handler that checks the token, parses, and reads or commits durably (group commit, FULL)."""

import asyncio
import os
import queue
import sqlite3
import threading
import time
from datetime import UTC, datetime
from typing import Any

import jwt
import orjson
import uvloop
from aiohttp import web

SECRET = b"x" * 32
PATH = os.path.join(os.environ["BENCH_FOLDER"], "bare.db")
COLUMNS = "chat, author, created, text, parent, edited, votes"


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(PATH, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


class Bare:
    """One table, one writer thread, one reading connection."""

    def __init__(self) -> None:
        self.writing = connect()
        self.writing.execute(f"CREATE TABLE messages (id INTEGER PRIMARY KEY, {COLUMNS})")
        self.writing.execute("CREATE INDEX by_chat ON messages (chat, id)")
        rows = [(1, 1, 1_700_000_000_000, f"Hello number {number}", 0, 0, 0) for number in range(100_000)]
        self.writing.execute("BEGIN")
        self.writing.executemany(f"INSERT INTO messages ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.writing.execute("COMMIT")
        self.reading = connect()
        self.jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def write(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            batch = [self.jobs.get()]
            try:
                while len(batch) < 512:
                    batch.append(self.jobs.get_nowait())
            except queue.Empty:
                pass
            self.writing.execute("BEGIN")
            insert = f"INSERT INTO messages ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            ids = [self.writing.execute(insert, row).lastrowid for _, row in batch]
            self.writing.execute("COMMIT")
            loop.call_soon_threadsafe(self.settle, batch, ids)

    @staticmethod
    def settle(batch: list[Any], ids: list[int]) -> None:
        for (future, _), id in zip(batch, ids, strict=True):
            future.set_result(id)

    async def post(self, request: web.Request) -> web.Response:
        author = int(whose(request))
        text = orjson.loads(await request.read())["text"]
        if not isinstance(text, str) or not 0 < len(text) <= 4000:
            raise web.HTTPBadRequest
        future = asyncio.get_running_loop().create_future()
        now = time.time_ns() // 1_000_000
        self.jobs.put((future, (1, author, now, text, 0, 0, 0)))
        return answer(show(await future, author, now, text, 0, 0, 0))

    async def get(self, request: web.Request) -> web.Response:
        whose(request)
        query = f"SELECT id, {COLUMNS[6:]} FROM messages WHERE chat = ? ORDER BY id DESC LIMIT 25"
        return answer([show(*row) for row in self.reading.execute(query, (1,))])


def whose(request: web.Request) -> str:
    token = request.headers["Authorization"].partition(" ")[2]
    return str(jwt.decode(token, SECRET, algorithms=["HS256"])["sub"])


def show(id: int, author: int, created: int, text: str, parent: int, edited: int, votes: int) -> dict[str, Any]:
    """Return the fields that chatsrv has, so that both write as much."""
    return {
        "id": id,
        "chat_id": 1,
        "author": "lyova",
        "author_id": author,
        "created": datetime.fromtimestamp(created / 1000, UTC).isoformat(timespec="milliseconds"),
        "text": text,
        "parent_id": parent,
        "edited": bool(edited),
        "deleted": False,
        "attachments": [],
        "votes": votes,
        "voted": False,
        "seq": id,
        "rev": id,
    }


def answer(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")


async def make() -> web.Application:
    bare = Bare()
    threading.Thread(target=bare.write, args=(asyncio.get_running_loop(),), daemon=True).start()
    app = web.Application()
    app.router.add_post("/chats/{id}/messages", bare.post)
    app.router.add_get("/chats/{id}/messages/page/{page}", bare.get)
    return app


uvloop.install()
web.run_app(make(), host="127.0.0.1", port=9703, print=lambda *_: print("listening on 127.0.0.1:9703", flush=True))
