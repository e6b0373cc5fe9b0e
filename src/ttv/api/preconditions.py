"""Entity tags and preferences: what a client already knows, and how long it will wait."""

from __future__ import annotations

import re
from typing import Final

#: The longest that a request is held open, in seconds.
MAX_WAIT_SECONDS: Final = 30
_TAG: Final = re.compile(r'(W/)?("[^"]*")')
#: What follows the revision in the tag of a job.
_PLACE: Final = re.compile(r'(?<=\d)-\d*-\d*(?=")')
_WAIT: Final = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])', re.IGNORECASE)


def strong(value: object) -> str:
    """Make a strong entity tag."""
    return f'"{value}"'


def job_tag(revision: int, *place: int | None) -> str:
    """Make the entity tag of a job: its revision, and its place where one is told.

    A place changes without a revision, and an answer that shows another one is another answer.
    """
    told = any(fact is not None for fact in place)
    facts = ("" if fact is None else str(fact) for fact in place if told)
    return strong("-".join((str(revision), *facts)))


def known(if_none_match: str | None, etag: str) -> bool:
    """Tell whether ``If-None-Match`` names this tag (compared weakly)."""
    return _names(if_none_match, etag, weak=True)


def allows(if_match: str | None, etag: str) -> bool:
    """Tell whether ``If-Match`` lets a change of this tag happen (compared strongly)."""
    return if_match is None or _names(if_match, etag, weak=False)


def known_job(if_none_match: str | None, revision: int) -> bool:
    """Tell whether ``If-None-Match`` names this revision of a job, wherever it stood."""
    return known(_only_revisions(if_none_match), strong(revision))


def allows_job(if_match: str | None, revision: int) -> bool:
    """Tell whether ``If-Match`` lets a change of this revision of a job happen.

    Where the job stands in the queue is nothing that a change could overwrite.
    """
    return allows(_only_revisions(if_match), strong(revision))


def wait_seconds(prefer: str | None) -> int | None:
    """Read ``Prefer: wait=n`` (RFC 7240), shortened to what is granted."""
    match = _WAIT.search(prefer or "")
    return min(int(match[1]), MAX_WAIT_SECONDS) if match else None


def _only_revisions(header: str | None) -> str | None:
    return None if header is None else _PLACE.sub("", header)


def _names(header: str | None, etag: str, *, weak: bool) -> bool:
    if (header or "").strip() == "*":
        return True
    return any(tag == etag and (weak or not mark) for mark, tag in _TAG.findall(header or ""))
