"""The agent's log: one JSON object a line on standard error, which a log agent takes as it is."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record with its extra fields as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        told |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(told, enc_hook=str).decode()


def set_up() -> None:
    """Log from level info on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    own = logging.getLogger("landform_agent")
    own.handlers = [handler]
    own.setLevel(logging.INFO)
    own.propagate = False
