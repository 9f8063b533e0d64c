"""Logs: one event a line, whatever is in it, with the id of the request that it belongs to."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the request that is being answered, or "": a live connection's is that of the request that opened it."""

HEADER: Final = "X-Request-ID"


class _Text(logging.Formatter):
    """Escapes what would begin a new line, so that nothing a client sends can look like a log line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        record.request = REQUEST_ID.get() or "-"
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")


class _Json(logging.Formatter):
    """One JSON object a line; ``fields`` of a record's ``extra`` become names of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if request := REQUEST_ID.get():
            line["request"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=repr)


def set_up_logs(level: str, *, form: str = "text", requests: bool = False) -> None:
    """Write events of this level and above to standard error, as text or as JSON; with a line a request if wanted."""
    handler = logging.StreamHandler()
    text = _Text("%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s")
    handler.setFormatter(_Json() if form == "json" else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("chatsrv.requests").setLevel(logging.INFO if requests else logging.WARNING)
