"""Logs: one event a line, whatever is in it."""

import logging


class _OneLine(logging.Formatter):
    """Escapes what would begin a new line, so that nothing a client sends can look like a log line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")


def set_up_logs(level: str) -> None:
    """Write events of this level and above to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
