"""Attachments: uploading, reading, listing and removing files and links (dream diary seed, "attachments")."""

from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from chatsrv.errors import Code, Problem
from chatsrv.pictures import PICTURES, VIDEOS
from chatsrv.schemas.attachments import (
    AttachmentDetailsShape,
    AttachmentId,
    AttachmentShape,
    FileFormShape,
    NewLinkShape,
)
from chatsrv.schemas.described.promises import IF_NONE_MATCH, RANGE, Media, named
from chatsrv.services.attachments import LINK, Attachment
from handlers.asking import Ask
from handlers.downloading import is_unchanged, part_of, send
from handlers.routing import Access, Paged, Routes, paged
from handlers.uploading import read_file

ROUTES = Routes(
    topic="files", parameters=(named("id", field=AttachmentId(metadata={"description": "An attachment's id."})),)
)
route = ROUTES.route
_SHOWN_IN_PLACE: Final = PICTURES | VIDEOS
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    # Whoever may no longer see it must not see it again: kept, but asked for each time.
    "Cache-Control": "private, no-cache",
}
_UNCHANGED: Final = {304: "What `If-None-Match` names is what there is."}
_PARTS: Final = {206: "The range that was asked for.", 303: "A link: `Location` is where it leads."}
_UPLOADING = (
    Code.UNSUPPORTED_TYPE,
    Code.NO_FILE,
    Code.FILE_TOO_LARGE,
    Code.TOO_MANY_FILES,
    Code.NO_ROOM_FOR_FILES,
    Code.TOO_MANY_PIXELS,
    Code.BAD_PICTURE,
    Code.TOO_MANY_UPLOADS,
    Code.TOO_MANY_REQUESTS,
)


@route(
    "POST",
    "/attachments",
    "/v0/attachments/",
    access=Access.STUDENT,
    answer=AttachmentShape,
    errors=_UPLOADING,
    takes=Media("multipart/form-data", "A form whose first part with a filename is taken.", FileFormShape),
)
async def upload(ask: Ask) -> Any:
    """Upload a file, as `multipart/form-data` with one part that has a filename."""
    await ask.edge.rates.writes.take(ask.person.id)
    uploads, patience = ask.services.uploads, ask.edge.files.patience_seconds
    coming = await read_file(ask.request, most=await uploads.most(ask.person), patience=patience)
    return await uploads.take(ask.person, coming.name, coming.parts)


@route(
    "POST",
    "/attachments/links",
    access=Access.STUDENT,
    body=NewLinkShape,
    answer=AttachmentShape,
    errors=(Code.REQUIRED_FIELD, Code.WRONG_TYPE, Code.TOO_LONG, Code.BAD_ADDRESS, Code.TOO_MANY_FILES),
)
async def link(ask: Ask) -> Any:
    """Keep a link, to be attached like a file."""
    await ask.edge.rates.writes.take(ask.person.id)
    return await ask.services.attachments.link(ask.person, **ask.body)


@route("GET", "/attachments/page/{page}", access=Access.STUDENT, answer=AttachmentShape, errors=(Code.BAD_PAGE,))
async def page(ask: Ask) -> Paged:
    """Read a page of one's own attachments, latest first."""
    return paged(await ask.services.attachments.page(ask.person, ask.page))


@route(
    "GET",
    "/attachments/{id}/details",
    access=Access.STUDENT,
    answer=AttachmentDetailsShape,
    errors=(Code.NO_SUCH_ATTACHMENT,),
)
async def details(ask: Ask) -> Any:
    """Read what there is to know of an attachment, with addresses for an `<img>` or a `<video>`."""
    attachment = await _attachment(ask)
    minutes = ask.edge.files.link_minutes
    return attachment, ask.services.sessions.link(ask.logged_in, attachment.id, minutes=minutes)


@route(
    "GET",
    "/attachments/{id}/thumbnail",
    access=Access.STUDENT,
    linked=True,
    errors=(Code.NO_SUCH_ATTACHMENT, Code.NO_THUMBNAIL),
    parameters=(IF_NONE_MATCH,),
    gives=Media("image/webp", "A small picture of it.", also=_UNCHANGED),
)
async def thumbnail(ask: Ask) -> Any:
    """Read a small picture of a picture, in WebP."""
    attachment = await _attachment(ask)
    if not attachment.thumbnail:
        raise Problem(Code.NO_THUMBNAIL)
    etag = f"{attachment.digest}-thumbnail"
    headers = _headers(attachment, etag) | {"Content-Type": "image/webp"}
    if is_unchanged(ask.request, etag):
        return web.Response(status=304, headers=headers)
    return await send(
        ask.request,
        web.StreamResponse(headers=headers),
        ask.services.attachments.read_thumbnail(attachment),
        patience=ask.edge.files.patience_seconds,
    )


@route(
    "GET",
    "/attachments/{id}",
    access=Access.STUDENT,
    linked=True,
    errors=(Code.NO_SUCH_ATTACHMENT, Code.BAD_RANGE),
    parameters=(IF_NONE_MATCH, RANGE),
    gives=Media("*/*", "The bytes, in the type that their content has.", also=_PARTS | _UNCHANGED),
)
async def content(ask: Ask) -> Any:
    """Read the bytes of a file, or a range of them; a link answers where it leads."""
    attachment = await _attachment(ask)
    if attachment.type == LINK:
        return web.Response(status=303, headers=_SAFE | {"Location": attachment.link})
    headers = _headers(attachment, attachment.digest) | {"Accept-Ranges": "bytes"}
    if is_unchanged(ask.request, attachment.digest):
        return web.Response(status=304, headers=headers)
    part = part_of(ask.request, attachment.size, attachment.digest)
    headers["Content-Length"] = str(part.end - part.start)
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{attachment.size}"
    response = web.StreamResponse(status=200 if part.whole else 206, headers=headers)
    parts = ask.services.attachments.read(attachment, part.start, part.end)
    return await send(ask.request, response, parts, patience=ask.edge.files.patience_seconds)


@route(
    "DELETE",
    "/attachments/{id}",
    access=Access.STUDENT,
    errors=(Code.NO_SUCH_ATTACHMENT, Code.ATTACHED),
)
async def remove(ask: Ask) -> None:
    """Remove an attachment of one's own that is attached to nothing."""
    await ask.services.attachments.remove(ask.person, ask.text("id"))


async def _attachment(ask: Ask) -> Attachment:
    return await ask.services.attachments.open(ask.person, ask.text("id"))


def _headers(attachment: Attachment, etag: str) -> dict[str, str]:
    place = "inline" if attachment.type in _SHOWN_IN_PLACE else "attachment"
    plain = "".join(sign if sign.isascii() and sign not in '"\\%' else "_" for sign in attachment.name)
    name = f"filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    return {
        **_SAFE,
        "Content-Type": attachment.type,
        "Content-Disposition": f"{place}; {name}",
        "ETag": f'"{etag}"',
    }
