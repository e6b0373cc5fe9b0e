"""Files that are there whole or not at all, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path


def unfinished(path: Path) -> Path:
    """Name the hidden place beside ``path`` where it grows."""
    return path.with_name(f".{path.name}.part")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give the place to write ``path`` to; it moves there at the end, an error removes it."""
    part = unfinished(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Give the hash of all bytes of a file in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
