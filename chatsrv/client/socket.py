"""One Socket.IO connection: made, asked, ended; python-socketio stays behind this seam."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import socketio
from socketio.exceptions import SocketIOError

from chatsrv.client.errors import Refused

_CONNECT_SECONDS = 30
_ANSWER_SECONDS = 30


_NO_SERVER = (SocketIOError, aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError, LookupError)
"""What python-socketio raises when there is no server, or something that does not speak Socket.IO."""


class Gone(Exception):
    """The connection is not there, or not any more."""


class _Keeping:
    """A session that keeps its WebSocket: python-engineio drops one open whose first packet does not come."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._opened: aiohttp.ClientWebSocketResponse | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._http, name)

    async def ws_connect(self, *where: Any, **options: Any) -> aiohttp.ClientWebSocketResponse:
        self._opened = await self._http.ws_connect(*where, **options)
        return self._opened

    async def let_go(self) -> None:
        if self._opened is not None and not self._opened.closed:
            await self._opened.close()


class Socket:
    """A connection that tells ``hear`` of each event at once, and in order, and ``lost`` when it ends."""

    def __init__(self, http: aiohttp.ClientSession, hear: Callable[[str, Any], None], lost: Callable[[], None]) -> None:
        # Connections are made anew by whoever resumes, and signals belong to the program.
        self._http = _Keeping(http)
        self._sio = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=self._http)
        self._refusal: Any = None
        self._answer: asyncio.Future[Any] | None = None
        self._is_lost = False
        self._tell = hear
        self._tell_lost = lost
        self._sio.on("*", self._heard)
        self._sio.on("connect_error", self._refused)
        self._sio.on("disconnect", self._lost)

    async def connect(self, address: str, token: str) -> None:
        """Connect. Raises Gone, or Refused with the codes that the server gives."""
        try:
            await self._sio.connect(
                address, auth={"token": token}, transports=["websocket"], wait_timeout=_CONNECT_SECONDS
            )
        except _NO_SERVER as error:
            if self._refusal is not None:
                raise Refused(0, self._refusal) from None
            raise Gone(str(error)) from error

    async def call(self, name: str, payload: Any) -> Any:
        """Return the acknowledgement. Raises Gone, or Refused; one call at a time."""
        answer = self._answer = asyncio.get_running_loop().create_future()
        if self._is_lost:
            raise Gone(name)
        try:
            await self._sio.emit(name, payload, callback=self._answered)
            async with asyncio.timeout(_ANSWER_SECONDS):
                said = await answer
        except (SocketIOError, TimeoutError) as error:
            raise Gone(str(error)) from error
        body = said[0] if said else {}
        if isinstance(body, dict) and "global" in body:
            raise Refused(0, body)
        return body

    async def close(self) -> None:
        """Hang up; nothing is heard any more."""
        self._is_lost = True
        await self._sio.shutdown()
        if self._sio.eio.state == "connected":  # it was cancelled while it connected
            await self._sio.eio.disconnect()
        await self._http.let_go()

    def _heard(self, name: str, body: Any = None, *more: Any) -> None:
        if not self._is_lost:
            self._tell(name, body)

    def _answered(self, *said: Any) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(said)

    def _refused(self, said: Any = None) -> None:
        if isinstance(said, dict):  # else nobody answered, or not our server
            self._refusal = said.get("data")

    def _lost(self, *reason: Any) -> None:
        self._is_lost = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Gone("the connection broke"))
            self._answer.exception()  # it may be that nobody waits for it
        self._tell_lost()
