"""Stock python-socketio on aiohttp and uvloop: POST broadcasts one event to everyone in a room."""

import json
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
    app["sio"] = sio = socketio.AsyncServer(async_mode="aiohttp")

    async def join(sid: str, environ: object, auth: object = None) -> None:
        await sio.enter_room(sid, "room")

    sio.on("connect", join)
    sio.attach(app)
    app.router.add_post("/emit", emit)
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=9701, print=lambda *_: print("listening on 127.0.0.1:9701", flush=True))


main()
