"""What the stores in a bucket have in common, whoever keeps it."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from ttv.artifacts._key import is_key
from ttv.errors import Conflict, NotFound

#: Notes beside an object: the hash of its bytes, and which put made it.
SHA256: Final = "sha256"
PUT: Final = "ttv-put"
#: Statuses of a call that may be made again as it is, and of one that is not allowed.
PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
REFUSED: Final = frozenset({401, 403})


def _checked(prefix: str) -> str:
    if prefix and not is_key(prefix):
        raise PydanticCustomError("prefix", "it must be such as a key is")
    return prefix


#: The first parts of all names, so that a bucket can hold other things too; may be empty.
Prefix: TypeAlias = Annotated[str, AfterValidator(_checked)]


class Unmatched(Conflict):
    """The object is not what the call expects it to be."""


class UploadGone(NotFound):
    """The upload was completed, given up or forgotten."""
