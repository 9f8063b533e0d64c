"""What a server costs while something happens, and how busy the generator is: a full core is its limit."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.processes import Server, generator_seconds


@dataclass
class Spent:
    """Seconds: of the server's processor, of them in the kernel, passed; ``busy`` is the generator's part of a core."""

    processor: float = 0
    kernel: float = 0
    passed: float = 0
    busy: float = 0


@contextmanager
def watched(server: Server) -> Iterator[Spent]:
    """Fill in, at the end, what was spent since the beginning."""
    spent = Spent()
    processor, kernel = server.processor_seconds(), server.kernel_seconds()
    passed, busy = time.perf_counter(), generator_seconds()
    yield spent
    spent.busy, spent.passed = generator_seconds() - busy, time.perf_counter() - passed
    spent.busy /= spent.passed
    spent.processor, spent.kernel = server.processor_seconds() - processor, server.kernel_seconds() - kernel
