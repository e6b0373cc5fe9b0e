"""Log lines: one JSON object each, or one line for people.

Every record of the process goes the same way, also those of libraries::

    {"timestamp": "2025-08-31T12:34:56.000Z", "level": "INFO", "component": "api",
     "job_id": "job_123", "message": "Job processing started", "duration_ms": 150, ...}

An event of ours carries ``action``, its stable name. Secrets are masked and control characters
escaped after all formatting, so neither can leave through an exception text.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Literal, TextIO
from urllib.parse import quote

import structlog

from ttv.moments import moment, rfc3339

#: Adds fields to every event of the current task: ``with bind(job_id=...):``.
bind = structlog.contextvars.bound_contextvars

_MASK: Final = "***"
#: Masking shorter values would only make the log unreadable.
_SHORTEST_SECRET: Final = 4
_SECRET_KEY: Final = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|credential|api_?key|signature", re.IGNORECASE
)
_SECRET_TEXT: Final = (
    (re.compile(r"\b(Bearer|Basic)\s+[^\s\"',;]+", re.IGNORECASE), rf"\1 {_MASK}"),
    (re.compile(r"\b(ttv_live_\w{8}_)[\w-]+"), rf"\1{_MASK}"),
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=]+"), rf"\1{_MASK}"),
    (re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*@"), f"{_MASK}@"),
    (re.compile(r"\?[^\s\"']*(?:signature|sig|token)=[^\s\"']*", re.IGNORECASE), f"?{_MASK}"),
)
_CONTROL: Final = {
    code: f"\\u{code:04x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)
}

#: Libraries that print the addresses they ask, and some of these are as good as a key.
_TALKATIVE: Final = ("httpcore", "httpx")
#: Libraries that complain of what clients send wrong, who are told in their answers.
_COMPLAINING: Final = ("python_multipart",)

#: One event, in the order in which its fields are written.
Entry = dict[str, Any]


class Redactor:
    """Masks secrets by the name of their field, by their look and by their registered value."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
        longest_first = sorted((s for s in known if len(s) >= _SHORTEST_SECRET), key=len)[::-1]
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def clean(self, value: object, *, key: str = "") -> object:
        """Give the value as plain JSON without its secrets."""
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if _SECRET_KEY.search(key):
            return _MASK
        if isinstance(value, Mapping):
            return {str(name): self.clean(item, key=str(name)) for name, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(item) for item in value]
        return self._text(str(value))

    def _text(self, text: str) -> str:
        if self._known:
            text = self._known.sub(_MASK, text)
        for pattern, masked in _SECRET_TEXT:
            text = pattern.sub(masked, text)
        return text


class _Lines(logging.Formatter):
    """Turns records of ours and of libraries into lines of one shape."""

    def __init__(self, component: str, redactor: Redactor, render: Callable[[Entry], str]) -> None:
        super().__init__()
        self._component = component
        self._redactor = redactor
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, dict):
            fields = dict(record.msg)
        else:
            fields = structlog.contextvars.get_contextvars()
            fields |= {"event": record.getMessage(), "logger": record.name}
        entry = {
            "timestamp": rfc3339(moment(record.created * 1_000)),
            "level": record.levelname,
            "component": fields.pop("component", self._component),
            "job_id": fields.pop("job_id", None),
            "message": fields.pop("event", ""),
            "duration_ms": fields.pop("duration_ms", None),
            **fields,
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return self._render(
            {key: self._redactor.clean(value, key=key) for key, value in entry.items()}
        )


def _for_people(entry: Entry) -> str:
    """Give ``12:34:56 INFO    api     Message  150 ms  key=value``, a traceback below it."""
    trace = str(entry.pop("exception", ""))
    clock = entry.pop("timestamp")[11:19]
    duration = entry.pop("duration_ms")
    head = f"{clock} {entry.pop('level'):<7} {entry.pop('component'):<7} {entry.pop('message')}"
    took = [f"{duration} ms"] if duration is not None else []
    pairs = [f"{key}={value}" for key, value in entry.items() if value is not None]
    lines = ["  ".join([head, *took, *pairs]), *trace.splitlines()]
    return "\n    ".join(line.translate(_CONTROL) for line in lines)


def _hand_over(_logger: object, _method: str, event: structlog.types.EventDict) -> Any:
    """Pass a structlog event to the standard logger as one record."""
    exc_info = event.pop("exc_info", None)
    return (event,), {"exc_info": exc_info}


_PROCESSORS: Final = (
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    _hand_over,
)


def _make_logger() -> structlog.stdlib.BoundLogger:
    ours = logging.getLogger("ttv")
    ours.addHandler(logging.NullHandler())  # silent until a process calls configure
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        ours, processors=_PROCESSORS, wrapper_class=structlog.stdlib.BoundLogger
    )
    return logger


#: The logger of every room: ``log.info("Job accepted", action="job.accepted", job_id=...)``.
log: Final = _make_logger()


def configure(
    component: str,
    *,
    level: str = "INFO",
    style: Literal["json", "console"] = "json",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log record of this process to ``stream`` (standard error) in one shape.

    ``secrets`` are values that must never appear. Warnings and uncaught exceptions join the log.
    Libraries are heard from WARNING up, and in full at DEBUG, but for those that print addresses.
    """
    render = json.dumps if style == "json" else _for_people
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Lines(component, Redactor(secrets), render))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level if level in {"DEBUG", "ERROR"} else "WARNING")
    logging.getLogger("ttv").setLevel(level)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))
    for library in _COMPLAINING:
        logging.getLogger(library).setLevel(logging.ERROR)
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=lambda *_: logging.getLogger("ttv"),
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("The process failed", action="process.failed", exc_info=(kind, error, trace))
