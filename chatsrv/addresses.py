"""Addresses of the network: which of them are everybody's, and which private ones the configuration lets us call."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_NAMED = re.compile(r"([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?)(?::([0-9]{1,5}))?", re.I)
_BRACKETED = re.compile(r"\[([0-9a-f:.]+)\](?::([0-9]{1,5}))?", re.I)
_UNICAST: Final = IPv6Network("2000::/3")
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")

IpAddress = IPv4Address | IPv6Address


class Allowed:
    """The private places that may be called: ``10.1.0.0/16``, ``10.1.2.3``, ``10.1.2.3:8080``, ``crm.local:8080``.

    An IPv6 address with a port stands in brackets. Raises ValueError for an entry that is none of these.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._networks: list[IPv4Network | IPv6Network] = []
        self._places: set[tuple[str, int | None]] = set()
        for entry in entries:
            self._add(entry)

    def __call__(self, host: str, address: str, port: int) -> bool:
        """Say whether a request to this host and port may go to the address that it was found at."""
        try:
            found = ip_address(address)
        except ValueError:
            return False  # some other way to write an address: nothing is found at it
        if is_public(found) or any(found in network for network in self._networks):
            return True
        return any((name, one) in self._places for name in (host.lower(), str(found)) for one in (port, None))

    def _add(self, entry: str) -> None:
        try:
            self._networks.append(ip_network(entry))
        except ValueError:
            place = _NAMED.fullmatch(entry) or _BRACKETED.fullmatch(entry)
            # What looks like numbers and is no address would be a name that nobody can have.
            if place is None or "/" in entry or (place[1].rpartition(".")[2].isdigit() and not _is_address(place[1])):
                raise ValueError(f"{entry} is no network, address or host with a port") from None
            port = place.groups()[-1]
            name = str(ip_address(place[1])) if _is_address(place[1]) else place[1].lower()
            self._places.add((name, int(port) if port else None))


def is_public(address: IpAddress) -> bool:
    """Say whether this is anybody's machine on the internet: not private, local, shared, reserved or of a group.

    An IPv6 address that stands for an IPv4 one is what that is.
    """
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that this one stands for: mapped, 6to4, or translated by NAT64."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
