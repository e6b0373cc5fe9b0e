"""Open the file that a store is to keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ttv.errors import NotFound


@contextmanager
def opened(source: Path) -> Iterator[BinaryIO]:
    """Open the file, or raise NotFound by its name."""
    try:
        file = source.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {source.name} to store") from error
    with file:
        yield file
