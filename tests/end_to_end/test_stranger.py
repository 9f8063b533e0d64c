"""Who has never seen chatsrv: from a clean clone, by the README's own words, to a message in the browser."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.chromium import HERE, needs_chromium, play
from tests.end_to_end.processes import ROOT
from tests.ports import free_port

PATIENCE = 150.0
NETWORK = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT", "REQUESTS_CA")
_ADDRESS = re.compile(r"open (http://\S+) in a browser")
_FIRST = re.compile(r"^## In a minute$.*?^((?: {4}.+\n)+)", re.M | re.S)


def first_commands(readme: str) -> str:
    """Return what the README says to type first."""
    found = _FIRST.search(readme)
    assert found, "the README says how to begin"
    return "\n".join(line.strip() for line in found[1].splitlines())


def plain(home: Path, port: int) -> dict[str, str]:
    """Return what a fresh machine's terminal knows: a home, the system's programs, a Python, the way to the packages.

    The port alone is another one, as somebody may serve at the usual one here.
    """
    given = {name: value for name, value in os.environ.items() if name.upper().startswith(NETWORK)}
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False
    ).stdout.strip()
    path = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), os.defpath, "/usr/local/bin"])
    return given | {"HOME": str(home), "PATH": path, "PIP_CACHE_DIR": cache, "CHATSRV_PORT": str(port)}


def address_told(process: "subprocess.Popen[bytes]") -> str:
    """Return the address that the program says to open, once it has said so."""
    assert process.stdout is not None
    ends, told = time.monotonic() + PATIENCE, ""
    while select.select([process.stdout], [], [], max(0.0, ends - time.monotonic()))[0]:
        heard = os.read(process.stdout.fileno(), 65_536).decode()
        told += heard
        if found := _ADDRESS.search(told):
            return found[1]
        if not heard:
            break
    raise AssertionError(f"it says where to open the browser, not: {told}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clean clone of what is committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("there is no git repository to clone")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tmp_path / "clone")], check=True)
    return tmp_path / "clone"


@pytest.fixture
def begun(clone: Path, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The README's first commands, typed in the clone."""
    home = tmp_path / "home"
    home.mkdir()
    process = subprocess.Popen(
        ["sh", "-ec", first_commands((clone / "README.md").read_text())],
        cwd=clone,
        env=plain(home, free_port()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@needs_chromium
@pytest.mark.timeout(300)
def test_a_stranger_gets_from_a_clean_clone_to_a_message_in_the_browser(begun: "subprocess.Popen[bytes]") -> None:
    play(HERE / "pages" / "stranger.mjs", address_told(begun), wishes={})
