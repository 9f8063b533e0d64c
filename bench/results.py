"""What was found, kept as JSON: a measurement can be repeated alone, and the page made anew, without all the others."""

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from bench import centrifugo
from bench.measurement import Numbers
from bench.processes import ROOT, node_modules

_PATH = Path("bench", "results.json")
_PACKAGES = ("aiohttp", "python-socketio", "uvloop")


@dataclass(frozen=True)
class Result:
    """One measurement, and when and on what it was taken; ``load`` is the machine's before it began."""

    numbers: Numbers
    rounds: int
    seconds: float
    load: float
    date: str
    commit: str
    setup: str


def read(root: Path) -> dict[str, Result]:
    """Return what is kept, by the names of the measurements."""
    path = root / _PATH
    kept = json.loads(path.read_text()) if path.exists() else {}
    return {name: Result(**result) for name, result in kept.items()}


def keep(root: Path, name: str, result: Result) -> None:
    """Put a result in the place of the one before."""
    results = read(root) | {name: result}
    text = json.dumps({name: asdict(one) for name, one in results.items()}, indent=1)
    (root / _PATH).write_text(text + "\n")


def today() -> str:
    """Return the date."""
    return str(datetime.datetime.now(datetime.UTC).date())


def commit() -> str:
    """Return the name of what is measured, or nothing outside a repository."""
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip()


def setup() -> str:
    """Say what machine this is, and which versions of everything run on it."""
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    name = model[1] if model else platform.machine()
    machine = f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    packages = [f"{package} {version(package)}" for package in _PACKAGES]
    return f"{machine}; {', '.join([f'Python {platform.python_version()}', *packages, *_others()])}"


def _others() -> list[str]:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    package = json.loads((node_modules() / "socket.io" / "package.json").read_text())
    return [f"Node {node}", f"socket.io {package['version']}", *_redis(), *_centrifugo()]


def _redis() -> list[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout if program else ""
    found = re.search(r"v=(\S+)", told)
    return [f"Redis {found[1]}"] if found else []


def _centrifugo() -> list[str]:
    return [f"Centrifugo {centrifugo.VERSION}"] if centrifugo.available() else []
