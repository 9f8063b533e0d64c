"""Centrifugo as a peer: built once with Go from the module proxy, and kept in the user's cache folder."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import jwt

from bench.processes import Server, start

NAME, VERSION, PUBLISH = "centrifugo", "6.9.1", "/api/publish"
SECRET = "a secret of a measured server, long enough"
_MODULE = "github.com/centrifugal/centrifugo/v6"
_BUILD_SECONDS = 1500


def available() -> bool:
    """Say whether it is here, or can be built."""
    return _program().exists() or shutil.which("go") is not None


def server() -> Server:
    """Start one on a free port: it checks tokens, and takes what is published from anybody."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = {
        "CLIENT_TOKEN_HMAC_SECRET_KEY": SECRET,
        "HTTP_API_INSECURE": "true",
        "HTTP_SERVER_ADDRESS": "127.0.0.1",
        "HTTP_SERVER_PORT": str(port),
        "LOG_LEVEL": "error",
    }
    environ = {f"CENTRIFUGO_{name}": value for name, value in options.items()}
    return start(NAME, [str(_built())], port=port, **environ)


def token(person: str, channels: list[str]) -> str:
    """Return what lets somebody in, and into these channels."""
    claims = {"sub": person, "exp": int(time.time()) + 3600, "channels": channels}
    return jwt.encode(claims, SECRET, "HS256")


def _program() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "chatsrv" / f"centrifugo-{VERSION}" / "centrifugo"


def _built() -> Path:
    program = _program()
    if not program.exists():
        environ = os.environ | {"GOBIN": str(program.parent)}
        command = ["go", "install", f"{_MODULE}@v{VERSION}"]
        subprocess.run(command, env=environ, check=True, timeout=_BUILD_SECONDS)
    return program
