"""How far a client has come in its streams, to be kept and gone on from."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Position:
    """The last number that was taken in of each stream, and of which life of the database (``epoch``) they are."""

    epoch: str | None = None
    streams: Mapping[str, int] = field(default_factory=dict)
