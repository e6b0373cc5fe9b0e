"""Seed streams by name: adding one draw never moves another."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from ttv.errors import InvalidRequest

#: Seeds are unsigned 32-bit numbers, which every engine takes.
MAX_SEED: Final = 2**32 - 1


def derive(seed: int, *names: str) -> int:
    """Give the seed of the named stream; equal arguments give an equal seed everywhere.

    ``hash()`` would not do: Python salts it in every process.
    """
    label = "\0".join((str(seed), *names)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(label, digest_size=4).digest())


def checked(seed: int) -> int:
    """Return the seed, or raise InvalidRequest when some engine would not take it."""
    if not 0 <= seed <= MAX_SEED:
        raise InvalidRequest(f"seed must be 0 to {MAX_SEED}", param="seed")
    return seed
