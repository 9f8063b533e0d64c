"""REST as the client speaks it: JSON in and out, refusals raised, tried again where a repeat changes nothing."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

import aiohttp
from yarl import URL

from chatsrv.client.errors import Refused, Unreachable

_OUTDATED: Final = frozenset({"TOKEN_EXPIRED", "BAD_TOKEN"})
BROKEN: Final = (aiohttp.ClientError, TimeoutError, ConnectionError)
_EARLY = 0.1
"""A token is refreshed when this much of its life is left."""
_TRY_SECONDS = 15.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the server: an access token, and what makes a new one, which works once."""

    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)


class Answer(NamedTuple):
    """What came back: the JSON, and the path of the next page where there is one."""

    body: Any
    next: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. With a ``key`` the same change is made once, however often it is asked for."""

    method: str
    path: str
    body: Any = None
    key: str | None = None
    form: Callable[[], aiohttp.FormData] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    public: bool = False
    repeatable: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether asking twice does no more than asking once."""
        return self.repeatable or self.method in ("GET", "DELETE") or self.key is not None


class Rest:
    """Asks one server, which may have several addresses: when one can not serve now, the next is tried."""

    def __init__(
        self,
        addresses: tuple[str, ...],
        keys: Keys | None,
        patience: float,
        on_keys: Callable[[Keys], None] | None,
        http: aiohttp.ClientSession | None,
    ) -> None:
        self._addresses = [address.rstrip("/") for address in addresses]
        self._http = http
        self._is_own = http is None
        self._patience = patience
        self._on_keys = on_keys
        self._refreshing = asyncio.Lock()
        self._stale_at = 0.0 if keys and not keys.token else float("inf")
        self.keys = keys

    @property
    def http(self) -> aiohttp.ClientSession:
        """The open connections."""
        if self._http is None:
            raise RuntimeError("use the client as `async with Client(…) as client`")
        return self._http

    @property
    def address(self) -> str:
        """The address that is asked now."""
        return self._addresses[0]

    def turn(self) -> None:
        """Go on to the next address."""
        self._addresses.append(self._addresses.pop(0))

    def open(self) -> None:
        """Begin."""
        if not self._is_own:
            return
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=30))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._is_own:
            await self.http.close()

    def keep(self, body: dict[str, Any]) -> Keys:
        """Use these tokens from now on: those of a login, or of a refresh."""
        self.keys = Keys(body["token"], body["refresh_token"])
        self._stale_at = time.monotonic() + (1 - _EARLY) * body["expires_in"]
        if self._on_keys is not None:
            self._on_keys(self.keys)
        return self.keys

    def forget(self) -> None:
        """Use no token from now on."""
        self.keys, self._stale_at = None, float("inf")

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Return the JSON that the request is answered with. Raises Refused, Unreachable."""
        return (await self.ask(Request(method, path, body, **options))).body

    async def ask(self, request: Request) -> Answer:
        """Return the answer. Raises Refused, Unreachable."""

        async def once(token: str) -> Answer:
            async with asyncio.timeout(None if request.form else _TRY_SECONDS), self._send(request, token) as response:
                return await _read(response)

        return await self._tried(request, once)

    async def open_stream(self, request: Request) -> aiohttp.ClientResponse:
        """Return the response once it has begun; the caller closes it. Raises Refused, Unreachable."""

        async def once(token: str) -> aiohttp.ClientResponse:
            response: aiohttp.ClientResponse = await self._send(request, token)
            if response.status >= 400:
                async with response:
                    await _read(response)
            return response

        return await self._tried(request, once)

    async def all(self, path: str) -> AsyncIterator[Any]:
        """Give the items of a list, page by page, to the last one."""
        following: str | None = path
        while following:
            items, following = await self.ask(Request("GET", following))
            for item in items:
                yield item

    async def token(self) -> str:
        """Return the access token, renewed if it expires soon; "" without a login. Raises Refused, Unreachable."""
        if self.keys is None:
            return ""
        if self.keys.refresh_token and time.monotonic() >= self._stale_at:
            try:
                await self.refresh(self.keys.token)
            except Unreachable:
                if not self.keys.token:
                    raise  # else the old one lasts a little longer
        return self.keys.token

    async def refresh(self, old: str) -> None:
        """Get new tokens in the place of ``old``, unless that has happened meanwhile.

        Raises Refused (BAD_TOKEN when the session has ended), Unreachable.
        """
        async with self._refreshing:
            if self.keys is None or self.keys.token != old:
                return
            body = {"refresh_token": self.keys.refresh_token}
            self.keep(await self.call("POST", "/user/refresh", body, public=True))

    def _send(self, request: Request, token: str) -> Any:
        headers = dict(request.headers)
        if token and not request.public:
            headers["Authorization"] = f"Bearer {token}"
        if request.key is not None:
            headers["Idempotency-Key"] = request.key
        sent: dict[str, Any] = {"data": request.form()} if request.form else {"json": request.body}
        if request.body is None and not request.form:
            sent = {}
        url = f"{self.address}{request.path}"
        return self.http.request(request.method, url, headers=headers, allow_redirects=False, **sent)

    async def _tried(self, request: Request, once: Callable[[str], Awaitable[_T]]) -> _T:
        """Return what ``once`` returns, which gets the token; try again, with patience, after what may pass."""
        until = time.monotonic() + self._patience
        refreshed = False
        for pause in pauses():
            token = "" if request.public else await self.token()
            try:
                return await once(token)
            except Refused as refused:
                if self.is_outdated(refused) and token and not refreshed:
                    await self.refresh(token)
                    refreshed = True
                    continue
                wait = max(pause, refused.retry_after or 0)
                again = refused.passing and (request.may_repeat or refused.status == 429)
                if not again or time.monotonic() + wait > until:
                    raise
                self.turn()
            except BROKEN as broken:
                self.turn()
                wait = pause
                again = request.may_repeat or isinstance(broken, aiohttp.ClientConnectorError)
                if not again or time.monotonic() + wait > until:
                    raise Unreachable(f"{request.method} {request.path}: {broken!r}") from broken
            await asyncio.sleep(wait)
        raise AssertionError("pauses never end")

    def is_outdated(self, refused: Refused) -> bool:
        """Whether a new token may do what was refused."""
        return self.keys is not None and self.keys.refresh_token is not None and bool(refused.codes & _OUTDATED)


def pauses() -> Iterator[float]:
    """Give how many seconds to wait before each next try: ever longer, never quite the same as other clients."""
    longest = 0.05
    while True:
        yield random.uniform(longest / 2, longest)  # noqa: S311 (no secret)
        longest = min(2 * longest, 2.0)


async def _read(response: aiohttp.ClientResponse) -> Answer:
    body = await response.json() if response.content_type == "application/json" else await response.read()
    if response.status >= 400:
        after = response.headers.get("Retry-After", "")
        raise Refused(response.status, body, float(after) if after.isdigit() else None)
    following = response.links.get("next")
    return Answer(body, str(URL(following["url"]).relative()) if following else None)
