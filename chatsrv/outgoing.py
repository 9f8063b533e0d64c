"""Requests that this server makes to others', for webhooks: to public addresses only, once, bounded in every way."""

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from chatsrv import __version__
from chatsrv.addresses import Allowed
from chatsrv.services.webhook_ledger import Outcome

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_PIECE = 8192
_HEADERS = {"user-agent": f"chatsrv/{__version__}", "accept": "*/*", "accept-encoding": "identity"}


class Outgoing:
    """Makes each request over a connection of its own, so that where it leads to is looked at each time."""

    def __init__(self, allowed: Allowed, *, timeout_seconds: int, response_bytes: int, at_once: int) -> None:
        self._allowed = allowed
        self._seconds = timeout_seconds
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._response_bytes = response_bytes
        self._turns = asyncio.Semaphore(at_once)
        # Names that take long to find hold up no one but each other.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="names")

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send a body; return the status of the answer, or why there is none. Follows no redirect."""
        try:
            async with asyncio.timeout(2 * self._seconds), self._turns:
                return await self._post(URL(url), headers, body)
        except TimeoutError:
            return Outcome(0, "timeout")
        except aiohttp.ClientSSLError:
            return Outcome(0, "certificate")
        except (aiohttp.ClientError, OSError, ValueError):
            # That an address is private is not told apart: nobody learns here what names mean inside.
            return Outcome(0, "unreachable")

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _post(self, url: URL, headers: Mapping[str, str], body: bytes) -> Outcome:
        connector = aiohttp.TCPConnector(
            resolver=_Names(self._threads),
            use_dns_cache=False,
            force_close=True,
            socket_factory=partial(self._socket, url.host or "", url.port or 0),
        )
        async with (
            aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            ) as session,
            session.post(url, data=body, headers=_HEADERS | dict(headers), allow_redirects=False) as response,
        ):
            outcome = Outcome(response.status, "", _seconds(response.headers.get("Retry-After", "")))
            with suppress(aiohttp.ClientError, TimeoutError):
                await self._drain(response.content)
            return outcome

    async def _drain(self, content: aiohttp.StreamReader) -> None:
        """Take what is said beside the status, up to a bound, so that the receiver can finish; it is not kept."""
        left = self._response_bytes
        while left > 0 and (piece := await content.read(min(_PIECE, left))):
            left -= len(piece)

    def _socket(self, host: str, port: int, found: Any) -> socket.socket:
        """Return the socket for a connection to exactly this address. Raises OSError for one that is not allowed."""
        family, kind, protocol, _, address = found
        if not self._allowed(host, str(address[0]), port):
            raise PermissionError("this address may not be called")
        return socket.socket(family, kind, protocol)


class _Names(AbstractResolver):
    """Finds the addresses of names in threads of its own."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        find = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, find)
        return [
            ResolveResult(hostname=host, host=str(address[0]), port=port, family=one, proto=protocol, flags=_NUMERIC)
            for one, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Nothing is its own."""


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
