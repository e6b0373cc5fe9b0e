"""The port of provenance: what is said of a film's origin, and who signs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ttv.errors import OnHold


class Unsignable(OnHold):
    """Films cannot be signed with this certificate and key."""

    code = "unsignable"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of a film."""

    #: What the film is called: the id of its job.
    title: str
    #: Whether a trained model made its pictures; else an algorithm drew them.
    trained: bool


class Provenance(Protocol):
    """Signs finished films.

    An async context manager, opened and closed by ``wiring``. It does not open where it could
    not sign: Unsignable says why, in a sentence.
    """

    async def sign(self, film: Path, to: Path, claim: Claim) -> None:
        """Write an MP4 once more with a signed claim inside; any later change breaks it.

        Pictures and sound stay as they are, bit by bit. Raises Unsignable (a certificate runs
        out), StorageFull, StorageUnwritable, Transient, and Permanent for what is no MP4.
        """
