"""A file that is being downloaded: it grows beside its place and moves there when it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ttv.errors import Transient, storage_errors


@dataclass(frozen=True, slots=True)
class Part:
    """What there is so far of a file, on its way to ``target``."""

    target: Path
    #: Of the whole file.
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        """Give the place of the unfinished file; another file's never has the same."""
        return self.target.with_name(f".{self.target.name}.{self.sha256[:12]}.part")

    def have(self) -> int:
        """Count the bytes there are; more than the file has are none."""
        with storage_errors(self.target.parent):
            size = self.path.stat().st_size if self.path.exists() else 0
        return size if size <= self.size else 0

    @contextmanager
    def opened(self, *, start: int) -> Iterator[Callable[[bytes], object]]:
        """Give what writes from byte ``start`` on."""
        with storage_errors(self.target.parent):
            self.path.touch()
            with self.path.open("r+b") as file:
                file.truncate(start)
                file.seek(start)
                yield file.write

    def finish(self) -> None:
        """Check the whole file and move it to its place.

        Raises Transient when it is not what the service has; the next download starts afresh.
        """
        with storage_errors(self.target.parent):
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != self.sha256:
                self.path.unlink()
                raise Transient("the file was damaged on its way; download it again")
            self.path.replace(self.target)
