"""What processes say on standard error: one line a record, for people or as JSON, secrets struck out."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

FORMATS = ("human", "json")
LEVELS = ("debug", "info", "warning", "error")
HIDDEN = "***"
_SECRET_NAME = re.compile(r"password|secret|authorization|cookie|dsn|database_url|^token$|api_key", re.IGNORECASE)
# A password inside an address, and what looks like one of our tokens: 64 letters and digits in a row.
_SECRET_TEXT = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+@|\b[A-Za-z0-9]{64}\b")
_MARKS = {"debug": "\x1b[2m", "warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31m"}


def configure(log_format: str, level: str, process: str) -> None:
    """Send every record of this process to standard error, under the name ``process`` (such as ``web-1``).

    Raises ValueError, a sentence, for a format or level that there is not.
    """
    if log_format not in FORMATS:
        raise ValueError(f"DEALT_LOG_FORMAT is {log_format!r}; use {' or '.join(FORMATS)}.")
    if level not in LEVELS:
        raise ValueError(f"DEALT_LOG_LEVEL is {level!r}; use one of {', '.join(LEVELS)}.")
    handler = logging.StreamHandler(sys.stderr)
    colours = sys.stderr.isatty()
    handler.setFormatter(AsJson(process) if log_format == "json" else ForPeople(process, colours=colours))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # The server announces every start and stop; what we do with our processes we say ourselves.
    logging.getLogger("uvicorn.error").setLevel(max(logging.WARNING, logging.getLogger().level))


def route_structlog() -> None:
    """Let structlog's loggers write through the same handler, their values as fields of the record."""
    import structlog  # a quarter of a second to import: only for processes whose code uses it

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _to_record],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLogger().level),
        cache_logger_on_first_use=True,
    )


def _to_record(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    passed = {name: event.pop(name) for name in ("exc_info", "stack_info") if name in event}
    # "%" in a text that comes with no arguments stays as it is.
    return {"msg": str(event.pop("event", "")), "extra": {"fields": dict(event)}, **passed}


class ForPeople(logging.Formatter):
    """``13:25:44 warning  web-1  what happened  name=value``, an error's trace below."""

    def __init__(self, process: str, *, colours: bool = False) -> None:
        super().__init__()
        self._process, self._colours = process, colours

    def format(self, record: logging.LogRecord) -> str:
        """One record as lines of text."""
        level = record.levelname.lower()
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        fields = "".join(f"  {name}={_plain(value)}" for name, value in _fields(record).items())
        line = f"{at} {level:<7}  {self._process}  {record.getMessage()}{fields}"
        text = without_secrets("\n".join(filter(None, (line, _trace(record)))))
        mark = _MARKS.get(level) if self._colours else None
        return f"{mark}{text}\x1b[0m" if mark else text


class AsJson(logging.Formatter):
    """One JSON object a line: at, level, process, logger, message, the record's own fields, and error."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        trace = _trace(record)
        fields = {name: value for name, value in _fields(record).items() if name not in told}
        return without_secrets(json.dumps(told | fields | ({"error": trace} if trace else {}), default=str))


def without_secrets(text: str) -> str:
    """The text with passwords in addresses, and what looks like a token, replaced by ``***``."""
    return _SECRET_TEXT.sub(lambda found: f"{found[1]}:{HIDDEN}@" if found[1] is not None else HIDDEN, text)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given: dict[str, Any] = getattr(record, "fields", {})
    return {name: HIDDEN if _SECRET_NAME.search(name) else value for name, value in given.items()}


def _plain(value: Any) -> str:
    """A value on one line: what a client sent must not look like a record of ours."""
    text = str(value)
    return text if text.isprintable() else json.dumps(text)


def _trace(record: logging.LogRecord) -> str:
    formatter = logging.Formatter()
    if record.exc_info and record.exc_info[0] is not None:
        return formatter.formatException(record.exc_info)
    return formatter.formatStack(record.stack_info) if record.stack_info else ""
