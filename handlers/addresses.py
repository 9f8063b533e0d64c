"""Whose request it is, for rate limits: the address at the other end, or what trusted proxies say of it."""

from collections.abc import Callable

from aiohttp import web

Address = Callable[[web.Request], str]


def address_behind(proxies: int) -> Address:
    """Return how to tell a request's address with this many trusted proxies in front.

    Each proxy adds the address that it sees to ``X-Forwarded-For``, at the end: what stands further left than our own
    proxies have written is the client's own word, and nobody's.
    """

    def address(request: web.Request) -> str:
        if not proxies:
            return request.remote or ""
        named = [part.strip() for part in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
        if len(named) >= proxies and named[-proxies]:
            return named[-proxies]
        return request.remote or ""

    return address
