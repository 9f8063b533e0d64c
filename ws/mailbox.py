"""What waits for a client that polls, and the GET that hangs until something comes."""

import asyncio

from aiohttp import web

from ws import packets
from ws.packets import Packet


class Mailbox:
    """Packets in order; a poll takes all of them, an upgrade takes them over to the WebSocket."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes that wait."""
        self.poll: web.Request | None = None
        """The GET that hangs at this moment."""
        self.held = asyncio.Event()
        """Set while an upgrade is under way: nothing can be taken out until it is over."""
        self._packets: list[Packet] = []
        self._last_word = ""
        self._news = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def put(self, packet: Packet) -> None:
        """Add a packet."""
        self._packets.append(packet)
        self.size += packet.size
        self._emptied.clear()
        self._news.set()

    def empty(self) -> list[Packet]:
        """Take out everything that waits."""
        waiting, self._packets = self._packets, []
        self.size = 0
        self._emptied.set()
        return waiting

    def hold(self) -> None:
        """Let everything wait: the hanging poll ends, the next ones bring nothing."""
        self.held.set()
        self._news.set()

    def release(self) -> None:
        """Let polls take what waits again."""
        self.held.clear()

    def close(self, last_word: str) -> None:
        """Answer the hanging poll with what waits and this packet."""
        self._last_word = last_word
        self._news.set()
        self._emptied.set()

    async def take(self, request: web.Request) -> str:
        """Return the next payload: everything that waits, or the first that comes."""
        if not self._packets and not self.held.is_set():
            await self._hang(request)
        if self.held.is_set() and not self._last_word:
            return packets.NOOP
        texts = [packet.text for packet in self.empty()]
        if self._last_word or not texts:
            texts.append(self._last_word or packets.NOOP)
        return packets.SEPARATOR.join(texts)

    async def emptied(self) -> None:
        """Return once nothing waits, or nobody will take it."""
        await self._emptied.wait()

    async def _hang(self, request: web.Request) -> None:
        self.poll = request
        self._news.clear()
        try:
            await self._news.wait()
        finally:
            self.poll = None
