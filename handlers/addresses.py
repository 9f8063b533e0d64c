"""Whose request it is, for rate limits: the address at the other end, or what trusted proxies say of it."""

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network

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
            return subscriber(named[-proxies])
        return subscriber(request.remote or "")

    return address


def subscriber(address: str) -> str:
    """Return who is behind the address: of IPv6 a whole /64, because everybody has so many addresses at least."""
    if ":" not in address:
        return address
    try:
        given = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(given.ipv4_mapped or IPv6Network((int(given) >> 64 << 64, 64)))
