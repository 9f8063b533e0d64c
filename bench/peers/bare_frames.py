"""The floor on uvloop: one ready frame written to each transport; or (BENCH_WAY=aiohttp) a text sent by each socket."""

import json
import os
import struct
from pathlib import Path

import uvloop
from aiohttp import web

EVENT = json.loads((Path(__file__).parent / "event.json").read_text())["event"]
PAYLOAD = (os.environ.get("BENCH_PAYLOAD") or "42" + json.dumps(["message.new", EVENT], separators=(",", ":"))).encode()
TEXT = PAYLOAD.decode()
FRAME = struct.pack("!BBH", 0x81, 126, len(PAYLOAD)) + PAYLOAD
SOCKETS = web.AppKey("sockets", dict)


async def connect(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    await ws.send_str('0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}')
    async for message in ws:
        if message.data.startswith("40"):
            await ws.send_str('40{"sid":"x"}')
            request.app[SOCKETS][ws] = request.transport
    return ws


async def emit(request: web.Request) -> web.Response:
    if os.environ.get("BENCH_WAY") == "aiohttp":
        for ws in request.app[SOCKETS]:
            await ws.send_str(TEXT)
    else:
        for transport in request.app[SOCKETS].values():
            transport.write(FRAME)
    return web.json_response({})


def main() -> None:
    app = web.Application()
    app[SOCKETS] = {}
    app.router.add_get("/socket.io/", connect)
    app.router.add_post("/emit", emit)
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=9702, print=lambda *_: print("listening on 127.0.0.1:9702", flush=True))


main()
