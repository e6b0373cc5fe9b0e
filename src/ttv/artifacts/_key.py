"""Check keys before they become paths or object names."""

from __future__ import annotations

import re
from typing import Final

from ttv.errors import InvalidRequest

_PART: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_MAX_CHARACTERS: Final = 512
_MAX_PART: Final = 128


def checked_key(key: str) -> str:
    """Return the key, or raise InvalidRequest when it is none.

    Every store gives the same answer, so a film can move from one to another.
    """
    if len(key) > _MAX_CHARACTERS:
        raise InvalidRequest(f"a key has at most {_MAX_CHARACTERS} characters", param="key")
    if not is_key(key):
        raise InvalidRequest(
            "a key is made of parts of letters, digits, '.', '_' and '-', divided by '/'; "
            "no part starts with '.'",
            param="key",
        )
    return key


def is_key(name: str) -> bool:
    """Tell whether a name could be a key: others may keep their own files beside ours."""
    return len(name) <= _MAX_CHARACTERS and all(
        _PART.fullmatch(part) and len(part) <= _MAX_PART for part in name.split("/")
    )
