"""Which media type a client wants (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ttv.api.problems import NotAcceptable

JSON: Final = "application/json"
TEXT: Final = "text/plain"
EVENTS: Final = "text/event-stream"
_RANGE: Final = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^,]*)?)\s*")
_QUALITY: Final = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)", re.IGNORECASE)


def choose(header: str | None, offers: Sequence[str]) -> str:
    """Choose the best of ``offers`` for an ``Accept`` header; the first one wins a tie.

    Without a header, or with one that cannot be read, everything is acceptable.
    """
    wanted = list(_ranges(header or "")) or [("*", "*", 1.0)]
    best = max(offers, key=lambda offer: _quality(offer, wanted))
    if _quality(best, wanted) == 0:
        raise NotAcceptable(f"this can be given as {' or '.join(offers)} only", param="Accept")
    return best


def _ranges(header: str) -> Iterator[tuple[str, str, float]]:
    for part in header.lower().split(","):
        if match := _RANGE.fullmatch(part):
            quality = _QUALITY.search(match[3])
            yield match[1], match[2], float(quality[1]) if quality else 1.0


def _quality(offer: str, wanted: Sequence[tuple[str, str, float]]) -> float:
    """Give the quality of the most specific range that covers an offer."""
    kind, _, subtype = offer.partition("/")
    covering = (
        ((asked_kind != "*") + (asked_subtype != "*"), quality)
        for asked_kind, asked_subtype, quality in wanted
        if asked_kind in {"*", kind} and asked_subtype in {"*", subtype}
    )
    return max(covering, default=(0, 0.0))[1]
