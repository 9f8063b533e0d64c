"""The audience of one stream in this process: who hears it, and up to which number."""

import asyncio
from collections.abc import Callable

from ws.engine import Socket
from ws.packets import Packet

_MOST_WAITING = 10_000


class Connection:
    """One client's connection: who it is, what it hears, and where its bytes go."""

    __slots__ = ("expiry", "person", "session", "socket", "streams", "write")

    def __init__(self, socket: Socket, person: int, session: str) -> None:
        self.socket = socket
        self.person = person
        self.session = session
        self.streams: set[str] = set()
        self.expiry: asyncio.TimerHandle | None = None
        self.write: Callable[[Packet], None] = socket.write

    def close(self, code: int, reason: str) -> None:
        """Close it, saying why; codes below 4500 mean: come back when that is mended."""
        self.socket.reject(code, reason)


class _Latecomer:
    """A connection that is catching up: live packets wait, and those that it was sent already are skipped."""

    __slots__ = ("held", "holding", "skipped")

    def __init__(self) -> None:
        self.holding = True
        self.skipped = 0
        self.held: list[tuple[int | None, Packet]] = []


class Audience:
    """Writes each number once, in order, to everyone who hears the stream here."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.last = 0
        self.opening: asyncio.Task[None]
        self.repairing = False
        self._begun = False
        self._behind = False
        self._writers: dict[Connection, Callable[[Packet], None]] = {}
        self._latecomers: dict[Connection, _Latecomer] = {}
        self._waiting: dict[int, Packet] = {}

    @property
    def empty(self) -> bool:
        """Whether nobody hears the stream here."""
        return not self._writers and not self._latecomers

    @property
    def connections(self) -> list[Connection]:
        """Everyone who hears the stream here."""
        return [*self._writers, *self._latecomers]

    @property
    def has_hole(self) -> bool:
        """Whether a later number is known of while an earlier one has not been written."""
        return bool(self._waiting) or self._behind

    def add(self, connection: Connection, *, hold: bool) -> None:
        """Let the connection hear the stream, at once or after `release`."""
        connection.streams.add(self.stream)
        if hold:
            self._writers.pop(connection, None)
            self._latecomers.setdefault(connection, _Latecomer()).holding = True
        elif connection not in self._latecomers:
            self._writers[connection] = connection.write

    def remove(self, connection: Connection) -> None:
        """Let the connection hear the stream no more; what was held for it is forgotten."""
        connection.streams.discard(self.stream)
        self._writers.pop(connection, None)
        self._latecomers.pop(connection, None)

    def begin(self, head: int) -> None:
        """Go on after this number, with what arrived meanwhile."""
        self.last = max(self.last, head)
        self._waiting = {seq: packet for seq, packet in self._waiting.items() if seq > self.last}
        self._begun = True
        self._drain()

    def expect(self, head: int) -> bool:
        """Note that the stream has reached this number; says whether there is a hole before it now."""
        self._behind = self._behind or (self._begun and head > self.last)
        return self.has_hole and self._begun

    def doubt(self) -> set[int]:
        """Begin to read what is missing from storage; return the numbers that it must reach to be believed."""
        self._behind = False
        return set(self._waiting)

    def dismiss(self, doubted: set[int]) -> None:
        """Forget those that still wait, though storage was read after they came: nobody has committed them."""
        for seq in doubted & self._waiting.keys():
            del self._waiting[seq]

    def offer(self, seq: int | None, packet: Packet) -> bool:
        """Write the packet to everyone if its number is the next; says whether there is a hole before it now."""
        if seq is None:
            self._write(None, packet)
            return False
        if seq == self.last + 1 and self._begun:
            self._write(seq, packet)
            self._drain()
            return self.has_hole
        if seq > self.last:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting[seq] = packet
            else:
                self._behind = True
        return self.has_hole and self._begun

    def skip_to(self, connection: Connection, head: int) -> None:
        """Note that the connection was sent everything up to this number."""
        latecomer = self._latecomers.get(connection)
        if latecomer is not None:
            latecomer.skipped = max(latecomer.skipped, head)

    def reached(self, connection: Connection) -> int:
        """Return the number up to which the connection was sent everything, or has it held."""
        latecomer = self._latecomers.get(connection)
        return self.last if latecomer is None else max(self.last, latecomer.skipped)

    def release(self, connection: Connection) -> None:
        """Write what was held for the connection; from now on it gets what comes, when it comes."""
        latecomer = self._latecomers.get(connection)
        if latecomer is None:
            return
        latecomer.holding = False
        for seq, packet in latecomer.held:
            self._pass(connection, latecomer, seq, packet)
        latecomer.held.clear()
        self._settle()

    def _drain(self) -> None:
        while (packet := self._waiting.pop(self.last + 1, None)) is not None:
            self._write(self.last + 1, packet)

    def _write(self, seq: int | None, packet: Packet) -> None:
        if seq is not None:
            self.last = seq
        for write in tuple(self._writers.values()):
            write(packet)
        if self._latecomers:
            for connection, latecomer in tuple(self._latecomers.items()):
                self._pass(connection, latecomer, seq, packet)
            self._settle()

    @staticmethod
    def _pass(connection: Connection, latecomer: _Latecomer, seq: int | None, packet: Packet) -> None:
        if latecomer.holding:
            latecomer.held.append((seq, packet))
        elif seq is None or seq > latecomer.skipped:
            connection.write(packet)

    def _settle(self) -> None:
        """Treat like everyone else those who have caught up with the stream."""
        for connection, latecomer in list(self._latecomers.items()):
            if not latecomer.holding and latecomer.skipped <= self.last:
                del self._latecomers[connection]
                self._writers[connection] = connection.write
