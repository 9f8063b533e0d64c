"""Where faults happen: one server on SQLite, or two on one MongoDB and one Redis; every server a process of its own."""

from pathlib import Path

from tests.end_to_end.cluster import Cluster
from tests.end_to_end.commands import chatsrv
from tests.end_to_end.processes import ServerProcess
from tests.faults.forked import ForkedServer

SECRET = "a secret of all the servers of a test"
GENEROUS = {
    "secret": SECRET,
    "rates_register_per_hour": "100000",
    "rates_requests_per_second": "1000000",
    "rates_requests_burst": "1000000",
    "rates_messages_per_second": "1000000",
    "rates_messages_burst": "1000000",
    "rates_packets_per_second": "1000000",
    "rates_packets_burst": "1000000",
    "limits_resume_changes": "100000",
    "limits_connections_per_person": "1000",
}
_PAGE = 4096


class Single:
    """One server on SQLite; ``settings`` are those of config.yaml, ``environment`` is its process' own."""

    def __init__(
        self, folder: Path, *, environment: dict[str, str] | None = None, forked: bool = False, **settings: str
    ) -> None:
        made, wanted = folder / "server", GENEROUS | settings
        self.server = ForkedServer(made, **wanted) if forked else ServerProcess(made, environment=environment, **wanted)
        self.servers = [self.server]
        self._data = made / "data"
        self.front = ""
        self.server.start()

    @property
    def urls(self) -> list[str]:
        """Where clients go: to the server, or to what stands in front of it."""
        return [self.front or self.server.url]

    def appoint(self, nickname: str) -> None:
        """Make somebody an admin, while the server is away for a moment."""
        assert self.server.stop() == 0
        _appoint(nickname, self._data)
        self.server.start()

    def close(self) -> None:
        """End it. Raises AssertionError unless it lived until now and ended well."""
        try:
            assert self.server.stop() == 0
        finally:
            self.server.close()


class Pair(Cluster):
    """Two servers; whatever is stopped, the other parts go on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(folder, 2)

    @property
    def _places(self) -> dict[str, str]:
        return {"storage": self.mongodb.url("cluster"), "bus": self.redis.url}

    def another(self, folder: Path, *arguments: str, program: str = "chatsrv") -> ServerProcess:
        return ServerProcess(folder, *arguments, program=program, **(GENEROUS | self._places))

    def appoint(self, nickname: str) -> None:
        """Make somebody an admin."""
        _appoint(nickname, self._folder / "command", **self._places)

    def close(self) -> None:
        """End everything. Raises AssertionError unless every server lived until now and ended well."""
        codes = [server.stop() for server in self.servers]
        self.redis.close()
        self.mongodb.close()
        assert not any(codes), codes


World = Single | Pair


def _appoint(nickname: str, data: Path, **places: str) -> None:
    said = chatsrv("user", "promote", nickname, "admin", data=data, secret=SECRET, **places)
    assert said.code == 0, said.err


def memory(server: ServerProcess) -> int:
    """Return how many bytes of memory the server's process holds; 0 if it has died."""
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * _PAGE
