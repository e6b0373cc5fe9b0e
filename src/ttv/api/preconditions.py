"""Entity tags and preferences: what a client already knows, and how long it will wait."""

from __future__ import annotations

import re
from typing import Final

#: The longest that a request is held open, in seconds.
MAX_WAIT_SECONDS: Final = 30
_TAG: Final = re.compile(r'(W/)?("[^"]*")')
_WAIT: Final = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])', re.IGNORECASE)


def strong(value: object) -> str:
    """Make a strong entity tag."""
    return f'"{value}"'


def known(if_none_match: str | None, etag: str) -> bool:
    """Tell whether ``If-None-Match`` names this tag (compared weakly)."""
    return _names(if_none_match, etag, weak=True)


def allows(if_match: str | None, etag: str) -> bool:
    """Tell whether ``If-Match`` lets a change of this tag happen (compared strongly)."""
    return if_match is None or _names(if_match, etag, weak=False)


def wait_seconds(prefer: str | None) -> int | None:
    """Read ``Prefer: wait=n`` (RFC 7240), shortened to what is granted."""
    match = _WAIT.search(prefer or "")
    return min(int(match[1]), MAX_WAIT_SECONDS) if match else None


def _names(header: str | None, etag: str, *, weak: bool) -> bool:
    if (header or "").strip() == "*":
        return True
    return any(tag == etag and (weak or not mark) for mark, tag in _TAG.findall(header or ""))
