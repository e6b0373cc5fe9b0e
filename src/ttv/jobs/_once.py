"""What is asked for again with the same key happens once."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Final

from ttv.errors import Conflict

_DAY: Final = 24 * 3600 * 1000


class IdempotencyMismatch(Conflict):
    """This idempotency key was used before with another request; send a new key."""

    code: ClassVar[str] = "idempotency_mismatch"


class Repeated(Conflict):
    """This was asked for before with the same idempotency key, and is done."""


@dataclass(frozen=True, slots=True)
class Once:
    """The key of a call, and a hash of what it asks for; remembered for a day."""

    key: str
    fingerprint: str

    def address(self, tenant: str) -> str:
        """Give the place of a tenant's key among all."""
        return f"{tenant}:{sha256(self.key.encode()).hexdigest()}"


def write_once(once: Once | None, tenant: str) -> tuple[str, str, int]:
    """Give what scripts are told of a key, or of none."""
    if once is None:
        return "", "", _DAY
    return once.address(tenant), once.fingerprint, _DAY
