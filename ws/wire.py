"""What travels on the bus: an event encoded once, or a word about who hears what. JSON and bytes, never code."""

from typing import Any, NamedTuple

import orjson

from chatsrv.schemas.events import body
from chatsrv.services.rooms import user_stream
from chatsrv.services.streams import Admit, Event, Expel, Reached, Revoke, Signal
from ws.packets import Packet, event, packet

_EPHEMERAL, _CONTROL = b"-", b"!"
_LARGEST_NUMBER = 2**53


class Parcel(NamedTuple):
    """An event as it goes to every member alike; ``seq`` is None when it is ephemeral."""

    seq: int | None
    packet: Packet


def encode_event(pushed: Event) -> Packet:
    """Return the event as the packet that its receivers get."""
    return event(pushed.name, orjson.dumps(body(pushed)))


def channel_of(signal: Signal) -> str:
    """Return the channel that the signal travels on: a person's own one for what concerns their connections."""
    return signal.stream if isinstance(signal, Event | Reached) else user_stream(signal.person)


def encode(signal: Signal) -> bytes:
    """Return the payload of a signal: its number, a space, and the packet."""
    if isinstance(signal, Event):
        number = _EPHEMERAL if signal.seq is None else str(signal.seq).encode()
        return number + b" " + encode_event(signal).text.encode()
    return _CONTROL + b" " + orjson.dumps([type(signal).__name__.lower(), *signal])


def decode(payload: bytes) -> Parcel | Admit | Expel | Revoke | Reached:
    """Return what a payload of `encode` says. Raises ValueError for anything else."""
    mark, space, rest = payload.partition(b" ")
    if not space:
        raise ValueError("a payload without a number")
    if mark == _CONTROL:
        return _decode_control(orjson.loads(rest))
    seq = None if mark == _EPHEMERAL else _number(mark)
    match orjson.loads(rest.removeprefix(b"42")):
        case [str(), dict()] if rest.startswith(b"42["):
            return Parcel(seq, packet(rest))
    raise ValueError("not an event")


def _number(mark: bytes) -> int:
    if not mark.isdigit() or len(mark) > 16:
        raise ValueError("not a number")
    return int(mark)


def _decode_control(said: Any) -> Admit | Expel | Revoke | Reached:
    match said:
        case ["admit", int(person), str(stream), int(since)] if 0 <= since <= _LARGEST_NUMBER:
            return Admit(person, stream, since)
        case ["expel", int(person), str(stream)]:
            return Expel(person, stream)
        case ["revoke", int(person), str() | None as session]:
            return Revoke(person, session)
        case ["reached", str(stream), int(head)]:
            return Reached(stream, head)
    raise ValueError("an unknown word")
