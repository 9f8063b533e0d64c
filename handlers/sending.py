"""How a file of the page is sent: packed for who takes gzip, not at all to who has it."""

import re

from aiohttp import web

from chatsrv.errors import Code, Problem
from handlers.asking import Ask
from handlers.assets import Asset

_GZIP = re.compile(r"gzip(\s*;\s*q=(?!0(\.0*)?$).*)?", re.IGNORECASE)
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def send_asset(ask: Ask, asset: Asset | None) -> web.Response:
    """Return a file as a browser may have it. Raises Problem NOT_FOUND when it is None."""
    if asset is None:
        raise Problem(Code.NOT_FOUND)
    packed = asset.packed if _takes_gzip(ask.request) else None
    etag = f"{asset.etag}-gzip" if packed else asset.etag
    headers = _HEADERS | {"ETag": f'"{etag}"', "Vary": "Accept-Encoding"}
    if any(known.value == etag for known in ask.request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=packed or asset.content, content_type=asset.kind, charset="utf-8", headers=headers)


def _takes_gzip(request: web.Request) -> bool:
    return any(_GZIP.fullmatch(one.strip()) for one in request.headers.get("Accept-Encoding", "").split(","))
