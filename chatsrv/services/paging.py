"""Pages: lists come twenty-five at a time (TalkMachine seed)."""

from typing import Generic, NamedTuple, TypeVar

PAGE = 25

Thing = TypeVar("Thing")


class Page(NamedTuple, Generic[Thing]):
    """One page of a list, and whether more follows it."""

    items: list[Thing]
    more: bool
