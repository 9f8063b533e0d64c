"""Looking at a database without changing it, also beside the processes that have it open."""

from typing import NamedTuple


class Inspection(NamedTuple):
    """What was found: the schema's version (None: there is no database yet), what opening it would do, and its clock.

    ``pending`` is a sentence each, none when opening changes nothing. ``clock`` is in Unix milliseconds, None where the
    database has none of its own.
    """

    version: int | None
    pending: list[str]
    clock: int | None = None
