"""Attachments: what one sends to make them, what one sees of them, and how an avatar names one."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from chatsrv.errors import Code
from chatsrv.schemas.base import Address, Flag, Number, Refusal, Shape, Text, Time, iso
from chatsrv.services.attachment_records import ID
from chatsrv.services.attachments import LINK, Attachment, address_of

_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\"'<>\\\\]+")


class AttachmentId(Text):
    """The id of an attachment: a UUID in small letters."""

    described: ClassVar[Mapping[str, Any]] = {"format": "uuid"}
    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.NO_SUCH_ATTACHMENT)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        id = super()._deserialize(value, attr, data, **kwargs)
        if not ID.fullmatch(id):
            raise Refusal(Code.NO_SUCH_ATTACHMENT, id)
        return id


class Avatar(Address):
    """A picture's address, or the id of a picture that one has uploaded."""

    refusals: ClassVar[tuple[Code, ...]] = (*Address.refusals, Code.NO_SUCH_ATTACHMENT, Code.NOT_A_PICTURE)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, str) and ID.fullmatch(value):
            return address_of(value)
        return super()._deserialize(value, attr, data, **kwargs)


class WebAddress(Text):
    """An address of the web: http or https."""

    refusals: ClassVar[tuple[Code, ...]] = (*Text.refusals, Code.BAD_ADDRESS)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not _WEB_ADDRESS.fullmatch(address):
            raise Refusal(Code.BAD_ADDRESS)
        return address


class Binary(Text):
    """A file in a form, which no schema reads."""

    described: ClassVar[Mapping[str, Any]] = {"format": "binary"}


class FileFormShape(Shape):
    """A form with a file; it may be called as one likes, and have up to twenty other parts before it."""

    file = Binary(required=True)


class NewLinkShape(Shape):
    """A link to be kept like a file; ``name`` is what is shown for it."""

    url = WebAddress(required=True, shortest=1, longest=2000)
    name = Text(longest=200, load_default="")


class AttachedShape(Shape):
    """An attachment as what it is attached to shows it; ``width`` and ``height`` in pixels, 0 where there are none."""

    id = Text()
    name = Text()
    type = Text(metadata={"description": 'the media type, told by the content; "link" of a link'})
    size = Number()
    width = Number()
    height = Number()
    url = Text(metadata={"description": "where the bytes are, or where a link leads"})
    thumbnail = Text(allow_none=True)


class AttachmentShape(AttachedShape):
    """One's own attachment, or what one sees of another's."""

    added = Time()
    attached = Flag(metadata={"description": "whether something holds it; if not, it is removed after a while"})

    def show(self, thing: Attachment) -> dict[str, Any]:
        """Return the attachment as JSON values."""
        return show_attached(thing._asdict()) | {"added": iso(thing.added), "attached": thing.attached}


class AttachmentDetailsShape(AttachmentShape):
    """With addresses that open the bytes without a header, for a while; for an ``<img>`` or a ``<video>``."""

    signed_url = Text(allow_none=True)
    signed_thumbnail = Text(allow_none=True)

    def show(self, thing: Any) -> dict[str, Any]:
        """Return the attachment with signed addresses; a link needs none."""
        attachment, token = thing
        shown = super().show(attachment)
        url = None if attachment.type == LINK else f"{shown['url']}?signature={token}"
        thumbnail = shown["thumbnail"] and f"{shown['thumbnail']}?signature={token}"
        return shown | {"signed_url": url, "signed_thumbnail": thumbnail}


def show_attached(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a thing keeps of an attachment as JSON values."""
    address = address_of(record["id"])
    return {
        "id": record["id"],
        "name": record["name"],
        "type": record["type"],
        "size": record["size"],
        "width": record["width"],
        "height": record["height"],
        "url": record["link"] or address,
        "thumbnail": f"{address}/thumbnail" if record["thumbnail"] else None,
    }
