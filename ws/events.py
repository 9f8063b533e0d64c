"""Client events: the same services as REST, answered by an acknowledgement."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from chatsrv.allowances import Allowances
from chatsrv.errors import Channel, Code, Problem
from chatsrv.limits import too_many
from chatsrv.schemas.live import HEARD
from chatsrv.schemas.messages import MessageShape, VotesShape
from chatsrv.services import Services, Unavailable
from chatsrv.services.people import Person
from chatsrv.services.rooms import Room
from ws.audience import Connection
from ws.fanout import Fanout

_LOG = logging.getLogger("chatsrv.ws")
_MESSAGE, _VOTES = MessageShape(), VotesShape()

Answer = Callable[[Connection, Person, dict[str, Any]], Awaitable[Any]]


class _Listener(NamedTuple):
    answer: Answer
    writes: bool


class Events:
    """Parses, permits, calls a service, and shows the answer."""

    def __init__(self, services: Services, fanout: Fanout, rates: Allowances, *, streams_per_connection: int) -> None:
        self._services = services
        self._fanout = fanout
        self._rates = rates
        self._most_streams = streams_per_connection
        self._listeners = {
            "message.send": _Listener(self._send, True),
            "message.edit": _Listener(self._edit, True),
            "message.delete": _Listener(self._delete, True),
            "message.vote": _Listener(self._vote, True),
            "read": _Listener(self._read, True),
            "typing": _Listener(self._type, False),
            "resume": _Listener(self._resume, True),
        }

    async def handle(self, connection: Connection, name: str, payload: Any) -> Any:
        """Return what the event is acknowledged with: data, or the form shape that says why not."""
        wait = connection.socket.flow.too_much
        if wait:
            return too_many(wait).body(Channel.WEBSOCKET)
        try:
            return await self._answer(connection, name, payload)
        except Problem as problem:
            return problem.body(Channel.WEBSOCKET)
        except Unavailable:
            return Problem(Code.UNAVAILABLE).body(Channel.WEBSOCKET)
        except Exception:
            crash = secrets.token_hex(8)
            _LOG.exception("crash %s: event %r", crash, name[:64])
            return Problem(Code.CRASH, data=crash).body(Channel.WEBSOCKET)

    async def _answer(self, connection: Connection, name: str, payload: Any) -> Any:
        listener = self._listeners.get(name)
        if listener is None:
            raise Problem(Code.UNKNOWN_EVENT)
        if listener.writes:
            await self._rates.writes.take(connection.person)
        person = await self._services.people.get(connection.person)
        self._services.presence.saw(person.id)
        return await listener.answer(connection, person, HEARD[name].shape.read(payload))

    async def _send(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        room = Room.parse(body.pop("stream"))
        return _MESSAGE.show(await self._services.messages.send(person, room, **body))

    async def _edit(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        text, parent_id = body.get("text"), body.get("parent_id")
        edited = await self._services.messages.edit(person, body["id"], text, parent_id, nonce=body["nonce"])
        return _MESSAGE.show(edited)

    async def _delete(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        await self._services.messages.delete(person, body["id"])
        return {}

    async def _vote(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        return _VOTES.show(await self._services.votes.toggle(person, body["id"], nonce=body["nonce"]))

    async def _read(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        room = Room.parse(body["stream"])
        receipt = await self._services.presence.is_small(room)
        await self._services.messages.read(person, room, body["id"], receipt=receipt)
        return {}

    async def _type(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        await self._rates.typing.take((person.id, body["stream"]))
        await self._services.presence.typing(person, Room.parse(body["stream"]))
        return {}

    async def _resume(self, connection: Connection, person: Person, body: dict[str, Any]) -> Any:
        sync, epoch, streams = self._services.sync, body.get("epoch"), body["streams"]
        if not streams:
            heads = await sync.heads(person)
            return {"epoch": sync.epoch, "streams": {stream: {"head": head} for stream, head in heads.items()}}
        await connection.turn.acquire()
        try:
            answers = {name: await self._catch_up(connection, person, name, streams[name], epoch) for name in streams}
        finally:
            # This runs once the acknowledgement has been written: what is live comes after it.
            asyncio.get_running_loop().call_soon(self._resumed, connection, list(streams))
        return {"epoch": sync.epoch, "streams": answers}

    def _resumed(self, connection: Connection, streams: list[str]) -> None:
        self._fanout.release(connection, streams)
        connection.turn.release()

    async def _catch_up(
        self, connection: Connection, person: Person, stream: str, since: int, epoch: str | None
    ) -> dict[str, Any]:
        try:
            await self._join(connection, person, stream)
            if epoch not in (None, self._services.sync.epoch):
                self._fanout.pushes.reset += 1
                return {"recovered": False, "reset": True, "head": await self._services.streams.head(stream)}
            replay = await self._fanout.catch_up(connection, stream, since)
        except Problem as problem:
            return {"recovered": False, "error": problem.body(Channel.WEBSOCKET)}
        if not replay.recovered:
            self._fanout.pushes.reset += 1
            return {"recovered": False, "reset": True, "head": replay.head}
        return {"recovered": True, "head": replay.head}

    async def _join(self, connection: Connection, person: Person, stream: str) -> None:
        """Check twice: access may be taken away while the stream is being joined. Who hears it already, may."""
        if stream in connection.streams:
            await self._fanout.join(connection, stream, hold=True)
            return
        await self._services.rooms.hear(person, stream)
        if stream not in connection.streams and len(connection.streams) >= self._most_streams:
            raise Problem(Code.TOO_MANY_CONNECTIONS)
        await self._fanout.join(connection, stream, hold=True)
        try:
            await self._services.rooms.hear(person, stream)
        except Problem:
            self._fanout.leave(connection, stream)
            raise
