"""Folders for work that is thrown away: gone with who made them, however that ends.

Who makes one holds a lock of the system on it, which ends with the process and with all that it
has forked. Whoever makes the next one first removes those beside it that nobody holds any more.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ttv.errors import storage_errors

_PREFIX: Final = "ttv-scratch-"


@contextmanager
def scratch(parent: Path | None = None) -> Iterator[Path]:
    """Give an empty folder for the block, in ``parent`` or where the system keeps such.

    Raises StorageFull, StorageUnwritable, Transient.
    """
    place = parent or Path(tempfile.gettempdir())
    with storage_errors(place):
        _remove_abandoned(place)
        folder, held = _made(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _made(place: Path) -> tuple[Path, int]:
    """Make a folder and hold it, again should another remove it before it was held."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        try:
            held = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(held, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, held
        os.close(held)


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        try:
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # another user's, or gone just now
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # its owner lives
            continue
        finally:
            os.close(held)
