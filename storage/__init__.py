"""Bytes and order: the engines behind one small interface."""

from storage.base import Storage


def open_engine(url: str) -> Storage:
    """Return the engine that the URL names, not yet open; its driver is imported only here.

    Takes ``sqlite:///path``. Raises ValueError for anything else.
    """
    scheme, _, rest = url.partition(":///")
    if scheme == "sqlite" and rest:
        from storage.sqlite import SqliteStorage

        return SqliteStorage(rest)
    raise ValueError(f"no storage engine for {scheme!r}: takes sqlite:///path")
