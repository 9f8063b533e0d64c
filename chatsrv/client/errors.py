"""What goes wrong for a client: the server refused, or it could not be reached."""

from collections.abc import Iterator, Mapping
from typing import Any

from chatsrv.client.codes import CODES

_WITHOUT_CHANNEL = 0x3FFF
_PASSING = frozenset({"UNAVAILABLE", "TOO_MANY_REQUESTS", "TOO_MANY_CONNECTIONS", "NONCE_IN_FLIGHT", "CRASH"})


class ClientError(Exception):
    """Why a call did not succeed."""


class Unreachable(ClientError):
    """No answer within the client's patience. What was asked may have been done all the same."""


class Refused(ClientError):
    """The server's coded refusal.

    ``codes`` are the names of all its codes ("NICKNAME_TAKEN"; a number where a newer server has a code that this
    client does not know), ``fields`` the names by the field that they are about, ``status`` the HTTP status (0 where
    it came over Socket.IO), ``retry_after`` the seconds to wait before asking again, if the server said so.
    """

    def __init__(self, status: int, body: Any, retry_after: float | None = None) -> None:
        whole, fields = _parts(body)
        self.status = status
        self.fields = {name: frozenset(map(_name, atoms)) for name, atoms in fields.items()}
        self.codes = frozenset(map(_name, whole)).union(*self.fields.values())
        self.retry_after = retry_after
        super().__init__(_sentence(status, whole, fields))

    @property
    def passing(self) -> bool:
        """Whether the same may succeed a little later."""
        return bool(self.codes & _PASSING) or self.status in (429, 502, 503, 504)


def _parts(body: Any) -> tuple[list[Any], Mapping[str, list[Any]]]:
    if isinstance(body, dict) and isinstance(body.get("global"), list) and isinstance(body.get("fields"), dict):
        return body["global"], body["fields"]
    return [], {}


def _name(atom: Mapping[str, Any]) -> str:
    number = atom["c"] & _WITHOUT_CHANNEL
    return CODES.get(number, str(number))


def _sentence(status: int, whole: list[Any], fields: Mapping[str, list[Any]]) -> str:
    def told() -> Iterator[str]:
        yield from (f"{_name(atom)}: {atom['t']}" for atom in whole)
        yield from (f"{name}: {_name(atom)}: {atom['t']}" for name, atoms in fields.items() for atom in atoms)

    return "; ".join(told()) or f"status {status}, without a code"
