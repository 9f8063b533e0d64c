"""Names of streams: a room is named by its stream, "chat:5" or "conversation:5", or by the thing itself."""

from chatsrv.client.things import Chat, Conversation, Message

Room = str | Chat | Conversation | Message
"""A room: its stream's name, itself, or a message in it."""


def path_of(room: Room) -> str:
    """Return where REST has the room. Raises ValueError for what is no room."""
    stream = room if isinstance(room, str) else room.stream
    kind, _, id = stream.partition(":")
    if kind not in ("chat", "conversation") or not (id.isascii() and id.isdigit()):
        raise ValueError(f"{stream!r} is no chat and no conversation")
    return f"/{kind}s/{id}"
