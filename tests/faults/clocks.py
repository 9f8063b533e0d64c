"""A clock that a test sets: libfaketime in the server's process, which reads a file every second."""

from pathlib import Path

import pytest

_LIBRARY = "*/faketime/libfaketimeMT.so.1"


class FakeClock:
    """The wall clock of one server. What counts seconds since some moment goes on undisturbed, as on a real machine."""

    def __init__(self, folder: Path) -> None:
        library = next(Path("/usr/lib").glob(_LIBRARY), None)
        if library is None:
            pytest.skip("no libfaketime here: apt-get install libfaketime")
        self._file = folder / "clock"
        self.set(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: int) -> None:
        """Let it show so many seconds more than the machine's."""
        fresh = self._file.with_suffix(".fresh")
        fresh.write_text(f"{seconds:+d}")
        fresh.rename(self._file)
