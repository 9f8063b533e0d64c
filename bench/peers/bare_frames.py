"""The floor: aiohttp and uvloop, and bytes of one ready frame written to each transport, nothing else."""

import json
import os
import struct
from pathlib import Path

import uvloop
from aiohttp import web

EVENT = json.loads((Path(__file__).parent / "event.json").read_text())["event"]
PAYLOAD = (os.environ.get("BENCH_PAYLOAD") or "42" + json.dumps(["message.new", EVENT], separators=(",", ":"))).encode()
FRAME = struct.pack("!BBH", 0x81, 126, len(PAYLOAD)) + PAYLOAD
TRANSPORTS = web.AppKey("transports", set)


async def connect(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    await ws.send_str('0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}')
    async for message in ws:
        if message.data.startswith("40"):
            await ws.send_str('40{"sid":"x"}')
            request.app[TRANSPORTS].add(request.transport)
    return ws


async def emit(request: web.Request) -> web.Response:
    for transport in request.app[TRANSPORTS]:
        transport.write(FRAME)
    return web.json_response({})


def main() -> None:
    app = web.Application()
    app[TRANSPORTS] = set()
    app.router.add_get("/socket.io/", connect)
    app.router.add_post("/emit", emit)
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=9702, print=lambda *_: print("listening on 127.0.0.1:9702", flush=True))


main()
