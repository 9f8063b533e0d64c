"""The audience of one stream in this process: who hears it, and up to which number."""

import asyncio
from collections.abc import Callable

from chatsrv.measures import Pushes
from ws.engine import TOO_SLOW, Socket
from ws.packets import Packet

_MOST_WAITING = 10_000


class Connection:
    """One client's connection: who it is, what it hears, and where its bytes go."""

    __slots__ = ("expiry", "held", "person", "session", "socket", "streams", "turn", "write")

    def __init__(self, socket: Socket, person: int, session: str) -> None:
        self.socket = socket
        self.person = person
        self.session = session
        self.streams: dict[str, None] = {}
        """What it hears: of two dozen names a set would take three times the room."""
        self.expiry: asyncio.TimerHandle | None = None
        self.turn = asyncio.Lock()
        """Whoever replays to it has the turn, so that no number is told twice."""
        self.held = 0
        """Bytes that wait until it has caught up."""
        self.write: Callable[[Packet], None] = socket.write

    def hold(self, packet: Packet) -> None:
        """Count a packet that waits; a client that is too slow in catching up is closed."""
        self.held += packet.size
        if self.held > self.socket.limits.buffer_bytes:
            self.close(TOO_SLOW, "slow")

    def close(self, code: int, reason: str) -> None:
        """Close it, saying why; codes below 4500 mean: come back when that is mended."""
        self.socket.reject(code, reason)


class _Latecomer:
    """A connection that is catching up: live packets wait, and those that it was sent already are skipped."""

    __slots__ = ("held", "owed", "resuming", "sent")

    def __init__(self, sent: int) -> None:
        self.resuming = False
        self.sent = sent
        """Up to here it was sent everything."""
        self.owed = 0
        """Up to here it must be sent what it missed, before anything that is live."""
        self.held: list[tuple[int | None, Packet]] = []

    @property
    def holding(self) -> bool:
        """Whether live packets wait."""
        return self.resuming or self.sent < self.owed


class Audience:
    """Writes each number once, in order, to everyone who hears the stream here."""

    def __init__(self, stream: str, pushes: Pushes) -> None:
        self.stream = stream
        self._pushes = pushes
        self.last = 0
        self.opening: asyncio.Task[None]
        self.repairing = False
        self._begun = False
        self._behind = False
        self._writers: dict[Connection, Callable[[Packet], None]] = {}
        self._latecomers: dict[Connection, _Latecomer] = {}
        self._waiting: dict[int, Packet] = {}

    @property
    def is_open(self) -> bool:
        """Whether it is known which number comes next."""
        return self._begun

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
        connection.streams[self.stream] = None
        if hold:
            self._late(connection).resuming = True
        elif connection not in self._latecomers:
            self._writers[connection] = connection.write

    def remove(self, connection: Connection) -> None:
        """Let the connection hear the stream no more; what was held for it is forgotten."""
        connection.streams.pop(self.stream, None)
        self._writers.pop(connection, None)
        latecomer = self._latecomers.pop(connection, None)
        if latecomer is not None:
            self._forget(connection, latecomer)

    def begin(self, head: int) -> None:
        """Open at this number, with what arrived meanwhile; who is here by now resumes what was before by itself."""
        for latecomer in self._latecomers.values():
            latecomer.sent = max(latecomer.sent, head)
        self._begun = True
        self._go_on(head)

    def owe(self, head: int) -> list[Connection]:
        """Go on after this number; return those who were not sent everything up to it, for whom what is live waits."""
        behind = [one for one in self.connections if self.reached(one) < head]
        for connection in behind:
            self._late(connection).owed = head
        self._go_on(head)
        return behind

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
            latecomer.sent = max(latecomer.sent, head)

    def reached(self, connection: Connection) -> int:
        """Return the number up to which the connection was sent everything."""
        latecomer = self._latecomers.get(connection)
        return self.last if latecomer is None else latecomer.sent

    def is_owed(self, connection: Connection) -> bool:
        """Whether the connection was not sent yet what it missed."""
        latecomer = self._latecomers.get(connection)
        return latecomer is not None and latecomer.sent < latecomer.owed

    def release(self, connection: Connection) -> None:
        """Let the connection get what comes, when it comes; first what was held, unless it is still owed something."""
        latecomer = self._latecomers.get(connection)
        if latecomer is not None:
            latecomer.resuming = False
            self.settle(connection)

    def settle(self, connection: Connection) -> None:
        """Write what was held for the connection, if nothing holds it back any more."""
        latecomer = self._latecomers.get(connection)
        if latecomer is None or latecomer.holding:
            return
        held = latecomer.held
        self._forget(connection, latecomer)
        for seq, packet in held:
            self._pass(connection, latecomer, seq, packet)
        self._promote(connection, latecomer)

    def _late(self, connection: Connection) -> _Latecomer:
        latecomer = self._latecomers.get(connection)
        if latecomer is None:
            self._writers.pop(connection, None)
            latecomer = self._latecomers[connection] = _Latecomer(self.last)
        return latecomer

    def _go_on(self, head: int) -> None:
        self.last = max(self.last, head)
        self._waiting = {seq: packet for seq, packet in self._waiting.items() if seq > self.last}
        self._drain()

    def _drain(self) -> None:
        while (packet := self._waiting.pop(self.last + 1, None)) is not None:
            self._write(self.last + 1, packet)

    def _write(self, seq: int | None, packet: Packet) -> None:
        if seq is not None:
            self.last = seq
        self._pushes.delivered += len(self._writers)
        for write in tuple(self._writers.values()):
            write(packet)
        if self._latecomers:
            for connection, latecomer in tuple(self._latecomers.items()):
                self._pass(connection, latecomer, seq, packet)
                self._promote(connection, latecomer)

    def _pass(self, connection: Connection, latecomer: _Latecomer, seq: int | None, packet: Packet) -> None:
        if latecomer.holding:
            latecomer.held.append((seq, packet))
            connection.hold(packet)
        elif seq is None or seq > latecomer.sent:
            latecomer.sent = seq or latecomer.sent
            self._pushes.delivered += 1
            connection.write(packet)

    @staticmethod
    def _forget(connection: Connection, latecomer: _Latecomer) -> None:
        connection.held -= sum(packet.size for _, packet in latecomer.held)
        latecomer.held = []

    def _promote(self, connection: Connection, latecomer: _Latecomer) -> None:
        """Treat it like everyone else once it has caught up with the stream."""
        if not latecomer.holding and latecomer.sent <= self.last:
            del self._latecomers[connection]
            self._writers[connection] = connection.write
