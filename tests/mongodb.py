"""A real MongoDB-protocol server for the tests (docs/testing.md says what each of them can't do).

In this order: what CHATSRV_TEST_MONGODB names, a `mongod` on the path, FerretDB built with Go and kept in a cache.
"""

import fcntl
import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pymongo
import pytest

from tests.ports import free_port

PATIENCE = 60.0
HOW_TO_GET_ONE = (
    "no MongoDB: name a running one in CHATSRV_TEST_MONGODB=mongodb://host, or put mongod or Go (it builds FerretDB) "
    "on the path"
)
_SOURCE = Path(__file__).parent / "ferretdb"
_BUILD_SECONDS = 900


class MongoServer:
    """A server process of the tests' own; what it logs is kept beside its data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"mongodb://127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers, each time on the same port."""
        mongod = shutil.which("mongod")
        command = _mongod(mongod, self._folder, self._port) if mongod else _ferretdb(self._folder, self._port)
        with (self._folder / "mongodb.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        assert readable, (self._folder / "mongodb.log").read_text()
        with pymongo.MongoClient[dict[str, object]](self.url("admin"), directConnection=True) as client:
            if mongod:
                with suppress(pymongo.errors.OperationFailure):  # it is one already, when it is started again
                    client.admin.command("replSetInitiate")
            client.admin.command("ping")

    def kill(self) -> None:
        """End it as a power cut would (kill -9)."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    close = kill

    def freeze(self) -> None:
        """Let it keep its connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)


def _mongod(program: str, folder: Path, port: int) -> list[str]:
    # A replica set of one: majority write and read concern then mean what they mean in production.
    return [program, "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1", "--replSet", "tests"]


def _ferretdb(folder: Path, port: int) -> list[str]:
    return [str(built()), str(folder), str(port)]


def built() -> Path:
    """Return FerretDB's program, built at the first call, by one for all, and kept."""
    sources = sorted(path for path in _SOURCE.rglob("*") if path.is_file())
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    program = cache / "chatsrv" / f"ferretdb-{version}"
    program.parent.mkdir(parents=True, exist_ok=True)
    with program.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            fresh = program.with_suffix(".fresh")
            _go("build", "-modfile", str(_patched(program.parent)), "-o", str(fresh), ".")
            fresh.rename(program)
    return program


def _patched(folder: Path) -> Path:
    """Make a copy of FerretDB that asks SQLite as patch/where.go does; return a go.mod that names it."""
    module = "github.com/FerretDB/FerretDB"
    copy = folder / "ferretdb"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(json.loads(_go("mod", "download", "-json", module))["Dir"], copy, copy_function=shutil.copyfile)
    for place, _, _ in os.walk(copy):
        os.chmod(place, 0o700)
    package = copy / "internal/backends/sqlite"
    shutil.copyfile(_SOURCE / "patch" / "where.go", package / "where.go")
    collection = package / "collection.go"
    before, _, rest = collection.read_text().partition("\tvar whereClause string\n")
    after = rest.partition("\tq += whereClause\n")[2]
    collection.write_text(
        f"{before}\twhereClause, args := prepareWhereClause(params.Filter)\n\tq += whereClause\n{after}"
    )
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(_SOURCE / name, folder / name)
    _go("mod", "edit", f"-replace={module}={copy}", str(folder / "go.mod"))
    return folder / "go.mod"


def _go(*arguments: str) -> str:
    told = subprocess.run(["go", *arguments], cwd=_SOURCE, check=True, timeout=_BUILD_SECONDS, stdout=subprocess.PIPE)
    return told.stdout.decode().strip()


def available() -> bool:
    """Say whether a server of our own can be started here."""
    return bool(shutil.which("mongod") or shutil.which("go"))


@pytest.fixture(scope="session")
def mongodb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server for all tests, without a database."""
    named = os.environ.get("CHATSRV_TEST_MONGODB")
    if named:
        yield named.rstrip("/")
        return
    if not available():
        pytest.skip(HOW_TO_GET_ONE)
    server = MongoServer(tmp_path_factory.mktemp("mongodb"))
    server.start()
    yield server.url("").rstrip("/")
    server.kill()


@pytest.fixture
def mongodb(mongodb_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of the test's own; with ``_copy`` behind it, of another one."""
    name = "test_" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    with pymongo.MongoClient[dict[str, object]](mongodb_server) as client:
        for one in (name, f"{name}_copy"):
            client.drop_database(one)
        yield f"{mongodb_server}/{name}"
        for one in (name, f"{name}_copy"):
            client.drop_database(one)
