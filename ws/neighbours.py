"""The other workers of this machine: a polling session lives in one of them, its requests arrive at any.

Workers share a port, and the kernel deals out connections, not clients. So a session's id names the worker that has it,
and a worker passes requests for another's sessions on to that one, over a Unix socket of its own.
"""

import asyncio
from pathlib import Path

import aiohttp
from aiohttp import web

from chatsrv.logs import HEADER, REQUEST_ID
from ws.admission import Fault, Refused

_LOOK_SECONDS = 0.5
_HOP_BY_HOP = frozenset(
    (
        "connection",
        "content-length",
        "content-encoding",
        "host",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "date",
        "x-request-id",
    )
)


class Neighbours:
    """Knows which worker has a session, and passes requests on."""

    def __init__(self, own: int, folder: Path, *, packet_bytes: int) -> None:
        self._own = own
        self._folder = folder
        self._packet_bytes = packet_bytes

    @property
    def path(self) -> str:
        """The Unix socket at which this worker answers the others."""
        return self._path(self._own)

    def sign(self, sid: str) -> str:
        """Return a session's id that names this worker."""
        return f"{self._own}~{sid}"

    def elsewhere(self, sid: str) -> int | None:
        """Return the other worker that the session's id names, if it does."""
        worker, mark, _ = sid.partition("~")
        known = mark and worker.isdecimal() and len(worker) < 4 and int(worker) != self._own
        return int(worker) if known else None

    async def pass_on(self, request: web.Request, worker: int) -> web.StreamResponse:
        """Answer as the other worker does. Raises Refused when it has gone, and its sessions with it."""
        headers = {name: value for name, value in request.headers.items() if _passes(name)}
        headers[HEADER] = REQUEST_ID.get()
        connector = aiohttp.UnixConnector(path=self._path(worker))
        try:
            async with aiohttp.ClientSession(connector=connector, headers=headers, auto_decompress=False) as neighbour:
                if request.query.get("transport") == "websocket":
                    return await self._pipe(request, neighbour)
                return await self._relay(request, neighbour)
        except (aiohttp.ClientError, OSError):
            raise Refused(Fault.UNKNOWN_SESSION) from None

    async def _relay(self, request: web.Request, neighbour: aiohttp.ClientSession) -> web.StreamResponse:
        """Pass a request and its answer on; a client that goes is gone for the neighbour too."""
        body = request.content if request.body_exists else None
        asking = asyncio.create_task(_ask(request, neighbour, body))
        while not asking.done():
            await asyncio.wait({asking}, timeout=_LOOK_SECONDS)
            if request.transport is None or request.transport.is_closing():
                asking.cancel()
                raise Refused(Fault.BAD_REQUEST)
        return asking.result()

    async def _pipe(self, request: web.Request, neighbour: aiohttp.ClientSession) -> web.StreamResponse:
        """Join a client's WebSocket with the neighbour's."""
        most = self._packet_bytes + 1
        client = web.WebSocketResponse(compress=False, max_msg_size=most)
        if not client.can_prepare(request).ok:
            raise Refused(Fault.BAD_REQUEST)
        async with neighbour.ws_connect(_address(request), max_msg_size=most) as other:
            await client.prepare(request)
            ways = [asyncio.create_task(_copy(client, other)), asyncio.create_task(_copy(other, client))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                await client.close(code=other.close_code or aiohttp.WSCloseCode.OK)
        return client

    def _path(self, worker: int) -> str:
        return str(self._folder / f"{worker}.sock")


WebSocket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _ask(
    request: web.Request, neighbour: aiohttp.ClientSession, body: aiohttp.StreamReader | None
) -> web.StreamResponse:
    async with neighbour.request(request.method, _address(request), data=body) as answer:
        headers = {name: value for name, value in answer.headers.items() if _passes(name)}
        return web.Response(status=answer.status, body=await answer.read(), headers=headers)


async def _copy(source: WebSocket, target: WebSocket) -> None:
    async for message in source:
        if message.type == aiohttp.WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type == aiohttp.WSMsgType.BINARY:
            await target.send_bytes(message.data)
        else:
            return


def _address(request: web.Request) -> str:
    return f"http://neighbour{request.rel_url}"


def _passes(header: str) -> bool:
    name = header.lower()
    return name not in _HOP_BY_HOP and not name.startswith("sec-websocket-")
