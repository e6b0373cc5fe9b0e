"""Ids of things: their kind, and a number of 128 bits as a ULID writes it."""

from __future__ import annotations

import re
from typing import Final

from ulid import ULID

#: The number of an id, as a pattern: no letter of it looks like another.
NUMBER: Final = "[0-9A-HJKMNP-TV-Z]{26}"
_ID: Final = re.compile(f"([a-z]+)_{NUMBER}")


def new_id(kind: str) -> str:
    """Make an id; those of one kind sort by the time they were made."""
    return f"{kind}_{ULID()}"


def id_of(kind: str, digest: bytes) -> str:
    """Give the id that stands for a hash of 16 bytes or more: the same for the same."""
    return f"{kind}_{ULID(digest[:16])}"


def is_id(kind: str, text: str) -> bool:
    """Tell whether a text has the form of an id of a kind."""
    match = _ID.fullmatch(text)
    return match is not None and match[1] == kind
