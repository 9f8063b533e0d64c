"""A WebSocket that takes masked frames only: a server must close upon any other (RFC 6455, section 5.1)."""

from typing import Protocol

from aiohttp import web
from aiohttp.http import WebSocketWriter
from aiohttp.web_request import BaseRequest

_HEAD, _MASK, _LONGEST = 2, 4, 14
_EXTENDED = {126: 2, 127: 8}
_BREACH = b"\x83\x80" + bytes(_MASK)  # a frame of a reserved kind: the reader closes with 1002


class Reader(Protocol):
    """What reads frames."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take bytes as they came; say whether that was the end, and what is left over."""

    def feed_eof(self) -> None:
        """Take note that no more bytes come."""


class MaskedReader:
    """Follows the frames on their way to a reader, and puts a breach in the place of the first that is not masked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._first = self._head = b""
        self._left = 0
        self._broken = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take bytes as they came."""
        if len(data) <= self._left:
            self._left -= len(data)
            return self._reader.feed_data(data)
        data = self._first + data
        end = self._walk(data)
        self._first = b"" if self._broken else data[end:]
        return self._reader.feed_data(data[:end] + _BREACH if self._broken else data[:end])

    def feed_eof(self) -> None:
        """Take note that no more bytes come."""
        self._reader.feed_eof()

    def _walk(self, data: bytes) -> int:
        """Return how far the frames are well; the first byte of one waits for the second, which has the flag."""
        place, end = 0, len(data)
        while place < end and not self._broken:
            if self._left:
                step = min(self._left, end - place)
                self._left -= step
                place += step
            elif not self._head and end - place < _HEAD:
                break
            elif not self._head and data[place + 1] < 0x80:
                self._broken = True
            else:
                place = self._read_head(data, place)
        return place

    def _read_head(self, data: bytes, place: int) -> int:
        """Take what there is of a frame's head; return where it ends here."""
        head = self._head + data[place : place + _LONGEST - len(self._head)]
        short = head[1] & 0x7F
        size = _HEAD + _EXTENDED.get(short, 0) + _MASK
        if len(head) < size:
            self._head = head
            return len(data)
        self._left = short if short not in _EXTENDED else int.from_bytes(head[_HEAD : size - _MASK], "big")
        place += size - len(self._head)
        self._head = b""
        return place


class MaskedWebSocket(web.WebSocketResponse):
    """aiohttp's WebSocket, which looks at no mask by itself; what it has of the connection is private to it."""

    def _post_start(self, request: BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        connection = request.protocol
        early, connection._message_tail = connection._message_tail, b""
        super()._post_start(request, protocol, writer)
        if self._parser is None:
            raise RuntimeError("aiohttp reads frames in another way now")
        reader = MaskedReader(self._parser)
        connection._payload_parser = reader
        if early:
            reader.feed_data(early)
