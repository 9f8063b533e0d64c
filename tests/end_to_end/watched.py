"""``python -m tests.end_to_end.watched serve``: a server that complains of what its documents do not say."""

import sys
from typing import Any

from aiohttp import web

import chatsrv.serving
from chatsrv.app import create_app
from chatsrv.cli import main
from chatsrv.services.streams import Event
from tests.described import Described, check_event
from ws import wire

COMPLAINT = "not as described: "


def watched(*given: Any) -> web.Application:
    """Return the application, with somebody who looks at what it answers."""
    app = create_app(*given)
    described = Described()

    async def look(request: web.Request, response: web.StreamResponse) -> None:
        await described.check(request, response)
        while described.different:
            print(COMPLAINT + described.different.pop(), file=sys.stderr, flush=True)

    app.on_response_prepare.append(look)
    return app


def watching(event: Event) -> dict[str, Any]:
    """Return what the event carries, looked at."""
    body = show(event)
    try:
        check_event(event, body)
    except Exception as error:
        print(f"{COMPLAINT}{event.name}: {error!r}", file=sys.stderr, flush=True)
    return body


if __name__ == "__main__":
    show = wire.body
    chatsrv.serving.create_app = watched  # type: ignore[attr-defined]
    wire.body = watching  # type: ignore[attr-defined]
    sys.exit(main())
