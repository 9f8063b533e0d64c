"""Stock python-socketio on aiohttp and uvloop: POST broadcasts one event to everyone in a room; over Redis if told."""

import json
import os
import socket
from pathlib import Path

import socketio
import uvloop
from aiohttp import web

EVENT = json.loads((Path(__file__).parent / "event.json").read_text())["event"]


async def emit(request: web.Request) -> web.Response:
    await request.app["sio"].emit("message.new", EVENT, room="room")
    return web.json_response({})


def main() -> None:
    app = web.Application()
    redis = os.environ.get("BENCH_REDIS")
    manager = socketio.AsyncRedisManager(redis) if redis else None
    app["sio"] = sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=manager)

    async def join(sid: str, environ: object, auth: object = None) -> None:
        await sio.enter_room(sid, "room")

    sio.on("connect", join)
    sio.attach(app)
    app.router.add_post("/emit", emit)
    uvloop.install()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    web.run_app(app, sock=listening, print=lambda *_: print(f"listening on 127.0.0.1:{port}", flush=True))


main()
