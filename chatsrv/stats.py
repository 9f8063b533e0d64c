"""``chatsrv stats``: how much there is of everything, read beside a running server."""

from typing import NamedTuple

from chatsrv.config import Config
from chatsrv.services import COLLECTIONS, KINDS
from chatsrv.services.attachment_records import ATTACHMENTS
from chatsrv.services.chats import CHATS
from chatsrv.services.contents import CONTENTS
from chatsrv.services.messages import MESSAGES
from chatsrv.services.people import PEOPLE
from chatsrv.services.rooms import CONVERSATIONS
from storage import open_beside
from storage.base import Storage

_AT_ONCE = 1000


class Stats(NamedTuple):
    """How many of what there are; identical bytes of attachments count once."""

    people: int
    chats: int
    conversations: int
    messages: int
    attachments: int
    attachments_bytes: int
    database_bytes: int
    entries: dict[str, int]
    records: dict[str, int]


async def read_stats(config: Config) -> Stats:
    """Count everything. Raises Unavailable."""
    storage = open_beside(config.storage_url, mongodb_driver=config.mongodb_driver)
    try:
        await storage.open(COLLECTIONS, KINDS)
        survey = await storage.survey()
        records = {one.name: await storage.count(one.name, {}) for one in COLLECTIONS}
        return Stats(
            people=records[PEOPLE.name],
            chats=survey.kinds.get(CHATS.name, 0),
            conversations=records[CONVERSATIONS.name],
            messages=survey.kinds.get(MESSAGES.name, 0),
            attachments=records[ATTACHMENTS.name],
            attachments_bytes=await _bytes(storage),
            database_bytes=survey.bytes,
            entries=survey.kinds,
            records=records,
        )
    finally:
        await storage.close()


async def _bytes(storage: Storage) -> int:
    size, after = 0, None
    while found := await storage.find(CONTENTS.name, {}, descending=False, after=after, limit=_AT_ONCE):
        size += sum(record["size"] for record in found)
        after = (found[-1]["id"], found[-1]["id"])
    return size
