"""Who may ask the Engine.IO server at all, and the form of its answers."""

import json
from collections.abc import Sequence
from enum import Enum
from urllib.parse import urlsplit

from aiohttp import web


class Fault(Enum):
    """Why a request is refused: Engine.IO's code and message, and the status."""

    UNKNOWN_TRANSPORT = (0, "Transport unknown", 400)
    UNKNOWN_SESSION = (1, "Session ID unknown", 400)
    BAD_METHOD = (2, "Bad handshake method", 400)
    BAD_REQUEST = (3, "Bad request", 400)
    TOO_LARGE = (3, "Payload too large", 413)
    FORBIDDEN = (4, "Forbidden", 403)
    BAD_VERSION = (5, "Unsupported protocol version", 400)
    FULL = (6, "Too many connections", 503)


class Refused(Exception):
    """A request that is answered with a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


class Admission:
    """Lets pages of our own and of the configured origins in."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = frozenset(origins)
        self._everybody = "*" in self._origins

    def check(self, request: web.Request) -> str:
        """Return the transport that the request names. Raises Refused if it asks in no way that we answer."""
        if not self._allows(request):
            raise Refused(Fault.FORBIDDEN)
        transport = request.query.get("transport", "")
        if transport not in ("polling", "websocket"):
            raise Refused(Fault.UNKNOWN_TRANSPORT)
        if request.query.get("EIO") != "4":
            raise Refused(Fault.BAD_VERSION)
        if "j" in request.query:
            # JSONP would let any page read what another origin must not.
            raise Refused(Fault.BAD_REQUEST)
        return transport

    def answer(
        self, request: web.Request, text: str, *, status: int = 200, content_type: str = "text/plain"
    ) -> web.Response:
        """Return the response, readable for a page of another origin that may connect."""
        headers = {"Cache-Control": "no-store"}
        if "Origin" in request.headers and self._allows(request):
            headers |= {"Access-Control-Allow-Origin": request.headers["Origin"], "Vary": "Origin"}
            if not self._everybody:
                headers["Access-Control-Allow-Credentials"] = "true"
        return web.Response(text=text, status=status, content_type=content_type, headers=headers)

    def preflight(self, request: web.Request) -> web.Response:
        """Answer a browser that asks whether it may ask."""
        response = self.answer(request, "", status=204)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return response

    def refuse(self, request: web.Request, fault: Fault) -> web.Response:
        """Return the refusal as Engine.IO's clients know it."""
        code, message, status = fault.value
        body = json.dumps({"code": code, "message": message})
        return self.answer(request, body, status=status, content_type="application/json")

    def _allows(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is None or self._everybody or origin in self._origins:
            return True
        try:
            # The scheme is left out: behind a proxy that ends TLS we do not know our own.
            return urlsplit(origin).netloc == request.host
        except ValueError:
            return False
