"""A disk that is full: a real file system of a few megabytes, or one that takes no more bytes from the process."""

import errno
import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.processes import ServerProcess

_BYTES = 24 * 1024 * 1024


class SmallDisk:
    """A file system in memory of its own, mounted where the server will have its data."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._ballast = folder / "ballast"
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_BYTES}", "tmpfs", str(folder)]
        self._mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
        self._folder = folder
        if not self._mounted:
            pytest.skip("no right to mount a file system here")

    def fill(self, server: ServerProcess) -> None:
        """Leave no byte."""
        with self._ballast.open("wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):  # noqa: PT012
                    while True:
                        file.write(bytes(size))

    def empty(self, server: ServerProcess) -> None:
        """Make room again."""
        self._ballast.unlink()

    def close(self) -> None:
        """Unmount it."""
        if self._mounted:
            subprocess.run(["umount", str(self._folder)], check=True)


class Quota:
    """The kernel refuses to let the server's files grow (EFBIG)."""

    def __init__(self, folder: Path) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, server: ServerProcess) -> None:
        """Let no file take a byte."""
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, self._before[1]))

    def empty(self, server: ServerProcess) -> None:
        """Let them grow again."""
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, self._before)

    def close(self) -> None:
        """Nothing is left to do: the limit is the process' own."""
