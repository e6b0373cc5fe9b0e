"""Byte ranges (RFC 9110, section 14): which part of a file a request asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ttv.api.problems import RangeNotSatisfiable

_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` to ``end`` (exclusive) of a file of ``size`` bytes."""

    start: int
    end: int
    size: int

    @property
    def length(self) -> int:
        """Count its bytes."""
        return self.end - self.start

    @property
    def content_range(self) -> str:
        """Give the value of ``Content-Range``."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def parse(header: str | None, size: int) -> Span | None:
    """Read a ``Range`` header; None means the whole file.

    The whole file is also the answer to several ranges and to what is not a byte range, as the
    RFC allows. Raises RangeNotSatisfiable when the range has no byte of the file.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if match is None or not any(match.groups()):
        return None
    first, last = (int(digits) if digits else None for digits in match.groups())
    if first is None:
        start, end = max(0, size - (last or 0)), size
    elif last is not None and last < first:
        return None
    else:
        start, end = first, size if last is None else min(last + 1, size)
    if start >= end:
        raise RangeNotSatisfiable
    return Span(start, end, size)


def holds(if_range: str | None, etag: str) -> bool:
    """Tell whether ``If-Range`` still names this file; a date never does, since we send none."""
    return if_range is None or if_range.strip() == etag
