"""Bytes and order: the engines behind one small interface."""

from storage.base import Storage


def open_engine(url: str, *, max_pending: int = 10_000) -> Storage:
    """Return the engine that the URL names, not yet open; its driver is imported only here.

    Takes ``sqlite:///path``; ``max_pending`` bounds the writes that wait. Raises ValueError for anything else.
    """
    scheme, _, rest = url.partition(":///")
    if scheme == "sqlite" and rest:
        from storage.sqlite import SqliteStorage

        return SqliteStorage(rest, max_pending=max_pending)
    raise ValueError(f"no storage engine for {scheme!r}: takes sqlite:///path")
