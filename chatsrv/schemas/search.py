"""Search: what was found, each thing in its ordinary shape, and where its words stand."""

from typing import Any

from marshmallow import fields

from chatsrv.schemas.articles import ArticleShape
from chatsrv.schemas.base import Choice, Shape, Text
from chatsrv.schemas.messages import MessageShape
from chatsrv.schemas.people import CardShape
from chatsrv.schemas.rooms import ChatShape
from chatsrv.services.rooms import CHAT
from chatsrv.services.search import ARTICLE, MESSAGE, USER, Found

_SHAPES: dict[str, Shape] = {
    USER: CardShape(),
    CHAT: ChatShape(),
    ARTICLE: ArticleShape(),
    MESSAGE: MessageShape(),
}


class SearchShape(Shape):
    """What a search asks for, in the query."""

    q = Text(required=True, metadata={"description": "words; the last one may be the beginning of one"})
    kind = Choice(tuple(_SHAPES), metadata={"description": "all kinds without one"})
    before = Text(metadata={"description": "what the answer before called its end"})


class FoundShape(Shape):
    """One thing that was found.

    ``highlights`` holds, for each field in which words were found, ``[start, length]`` pairs in UTF-16 code units, in
    which JavaScript counts.
    """

    kind = Text(metadata={"description": "user, chat, article or message: the shape of `thing`"})
    thing = fields.Raw(metadata={"description": "a `Card`, `Chat`, `Article` or `Message`", "example": {"id": 1}})
    highlights = fields.Raw(metadata={"description": "by the field of the thing", "example": {"text": [[4, 5]]}})

    def show(self, thing: Found) -> dict[str, Any]:
        """Return the thing as JSON values."""
        places = {
            name: [_utf16(thing.texts[name], *place) for place in highlights]
            for name, highlights in thing.highlights.items()
            if highlights
        }
        return {"kind": thing.kind, "thing": _SHAPES[thing.kind].show(thing.thing), "highlights": places}


def _utf16(text: str, start: int, length: int) -> tuple[int, int]:
    """Return the place in UTF-16 code units of a place in code points."""
    return _units(text[:start]), _units(text[start : start + length])


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
