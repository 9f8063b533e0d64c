"""Groups: what one sends to make and change them, what one sees of them."""

import re
from collections.abc import Mapping
from typing import Any

from chatsrv.errors import Code
from chatsrv.schemas.base import Many, Number, Refusal, Shape, Text

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_MOST = 1000


class Color(Text):
    """A colour as the web writes it: "#1e90ff"."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        color = super()._deserialize(value, attr, data, **kwargs)
        if not _COLOR.fullmatch(color):
            raise Refusal(Code.OUT_OF_RANGE)
        return color.lower()


class GroupEditShape(Shape):
    """What of a group is to change; what is absent stays."""

    name = Text(shortest=1, longest=100)
    color = Color()


class GroupUsersShape(Shape):
    """People, by nickname or id."""

    users = Many(Text(shortest=1), longest=_MOST, required=True)


class NewGroupShape(Shape):
    """A group to be made, with these people in it."""

    name = Text(required=True, shortest=1, longest=100)
    color = Color(load_default="#808080")
    users = Many(Text(shortest=1), longest=_MOST, load_default=list)


class GroupShape(Shape):
    """A group; ``chat_id`` is 0 while it has no chat."""

    id = Number()
    name = Text()
    color = Text()
    members = Number()
    chat_id = Number()
