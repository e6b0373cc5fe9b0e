"""Times as people write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from ttv.errors import InvalidRequest

#: For help pages and refusals.
SPANS: Final = "such as 90d, 12h, 30min or 45s"
_SPAN: Final = re.compile(r"(\d{1,9})(d|h|min|s)", re.ASCII)
_SECONDS: Final = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


def seconds(span: str, *, param: str) -> int:
    """Read a length of time. Raises InvalidRequest naming ``param``."""
    match = _SPAN.fullmatch(span.strip())
    if match is None:
        raise InvalidRequest(f"{param} must be a time {SPANS}", param=param)
    return int(match[1]) * _SECONDS[match[2]]


def when(text: str | None, *, param: str) -> datetime | timedelta | None:
    """Read a moment by the clock of this machine, or how long from now it is."""
    if text is None:
        return None
    if _SPAN.fullmatch(text.strip()):
        return timedelta(seconds=seconds(text, param=param))
    try:
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"{param} must be a time such as 2030-01-31T09:00, or how long from now, {SPANS}",
            param=param,
        ) from error


def clock(moment: datetime) -> str:
    """Write a moment by the clock of this machine."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
