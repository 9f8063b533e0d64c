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
        self._held = False
        self._packets: list[Packet] = []
        self._last_word = ""
        self._waiters: list[asyncio.Future[None]] = []

    def put(self, packet: Packet) -> None:
        """Add a packet."""
        self._packets.append(packet)
        self.size += packet.size
        self._changed()

    def empty(self) -> list[Packet]:
        """Take out everything that waits."""
        return self._take(len(self._packets))

    def hold(self) -> None:
        """Let everything wait: the hanging poll ends, the next ones bring nothing."""
        self._held = True
        self._changed()

    def release(self) -> None:
        """Let polls take what waits again."""
        self._held = False

    def close(self, last_word: str) -> None:
        """Answer the hanging poll with what waits and this packet."""
        self._last_word = last_word
        self._changed()

    async def take(self, request: web.Request) -> str:
        """Return the next payload: what waits, in the order in which it came, or the first that comes."""
        if not self._packets and not self._held:
            await self._hang(request)
        if self._held and not self._last_word:
            return packets.NOOP
        # Of a session that ends the rest is lost; who comes back resumes.
        texts = [packet.text for packet in self._take(_MOST - bool(self._last_word))]
        if self._last_word or not texts:
            texts.append(self._last_word or packets.NOOP)
        return packets.SEPARATOR.join(texts)

    async def emptied(self) -> None:
        """Return once nothing waits, or nobody will take it."""
        while self._packets and not self._last_word:
            await self._change()

    async def held(self) -> None:
        """Return once an upgrade is under way: nothing can be taken out until it is over."""
        while not self._held:
            await self._change()

    def _take(self, most: int) -> list[Packet]:
        taken, self._packets = self._packets[:most], self._packets[most:]
        self.size -= sum(packet.size for packet in taken)
        self._changed()
        return taken

    async def _hang(self, request: web.Request) -> None:
        self.poll = request
        try:
            if not self._last_word:
                await self._change()
        finally:
            self.poll = None

    async def _change(self) -> None:
        """Return once anything has changed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _changed(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
