"""/sync: the REST twin of ``resume``."""

from typing import Any

from chatsrv.errors import Channel
from chatsrv.schemas.events import CaughtUpShape, SyncShape, body
from chatsrv.services.sync import Caught
from handlers.asking import Ask
from handlers.routing import Access, Routes

ROUTES = Routes(topic="talk")
route = ROUTES.route


@route("POST", "/sync", access=Access.STUDENT, body=SyncShape, answer=CaughtUpShape, scope="talk:read")
async def sync(ask: Ask) -> Any:
    """Read what changed in one's streams since the numbers named; with none named, read the latest numbers."""
    service, epoch, streams = ask.services.sync, ask.body.get("epoch"), ask.body["streams"]
    if not streams:
        heads = await service.heads(ask.person)
        return {"epoch": service.epoch, "streams": {stream: {"head": head} for stream, head in heads.items()}}
    caught = {stream: await service.catch_up(ask.person, stream, since, epoch) for stream, since in streams.items()}
    return {"epoch": service.epoch, "streams": {stream: _show(one) for stream, one in caught.items()}}


def _show(caught: Caught) -> dict[str, Any]:
    if caught.replay is None:
        return {"recovered": False, "error": caught.problem and caught.problem.body(Channel.AJAX)}
    replay = caught.replay
    if not replay.recovered:
        return {"recovered": False, "reset": True, "head": replay.head}
    return {"recovered": True, "head": replay.head, "events": [[event.name, body(event)] for event in replay.events]}
