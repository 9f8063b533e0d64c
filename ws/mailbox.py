"""What waits for a client that polls, and the GET that hangs until something comes."""

import asyncio

from aiohttp import web

from ws import packets
from ws.packets import Packet

_MOST = 16
"""How many packets a payload has at most: python-engineio's clients hang up on more."""


class Mailbox:
    """Packets in order; a poll takes some of them, an upgrade takes them over to the WebSocket."""

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
        return self._take(len(self._packets))

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
        """Return the next payload: what waits, in the order in which it came, or the first that comes."""
        if not self._packets and not self.held.is_set():
            await self._hang(request)
        if self.held.is_set() and not self._last_word:
            return packets.NOOP
        # Of a session that ends the rest is lost; who comes back resumes.
        texts = [packet.text for packet in self._take(_MOST - bool(self._last_word))]
        if self._last_word or not texts:
            texts.append(self._last_word or packets.NOOP)
        return packets.SEPARATOR.join(texts)

    async def emptied(self) -> None:
        """Return once nothing waits, or nobody will take it."""
        await self._emptied.wait()

    def _take(self, most: int) -> list[Packet]:
        taken, self._packets = self._packets[:most], self._packets[most:]
        self.size -= sum(packet.size for packet in taken)
        if not self._packets:
            self._emptied.set()
        return taken

    async def _hang(self, request: web.Request) -> None:
        self.poll = request
        self._news.clear()
        try:
            await self._news.wait()
        finally:
            self.poll = None
