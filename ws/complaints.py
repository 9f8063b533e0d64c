"""What is dropped is counted always and told seldom: whoever sends rubbish must not fill the log as well."""

import logging
import time

_SECONDS = 60.0


class Complaints:
    """Counts; says the count at most once a minute, never what was dropped."""

    def __init__(self, log: logging.Logger, sentence: str) -> None:
        self._log = log
        self._sentence = sentence
        self._quiet_until = 0.0
        self.count = 0

    def add(self) -> None:
        """Count one more."""
        self.count += 1
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + _SECONDS
            self._log.warning("%s (%d so far)", self._sentence, self.count)
