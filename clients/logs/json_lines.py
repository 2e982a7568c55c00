"""Log lines for collectors: one JSON object a line."""

import json
import logging
from datetime import UTC, datetime

_FACTS = ("campaign", "tracking_id", "flow_run_id", "flow_run_name", "task_run_id", "task_run_name")
"""Attributes of a record that are shown where they are set; the last four are Prefect's."""


class JsonLines(logging.Formatter):
    """One object a record: time (UTC), level, logger, message, what it is about, exception and stack where any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": getattr(record, "said", None) or record.getMessage(),
        }
        line |= {name: str(value) for name in _FACTS if (value := getattr(record, name, None))}
        if record.exc_info or record.exc_text:
            line["exception"] = record.exc_text or self.formatException(record.exc_info)  # type: ignore[arg-type]
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False)
