"""Cut a picture to the shape of a film."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Limits
from ttv.media._format import Format

#: Changes whenever the same picture would be cut otherwise.
COVERING: Final = 1
_LIMITS: Final = Limits(
    memory_bytes=1 << 30, cpu_seconds=60, wall_seconds=120, output_bytes=128 << 20, open_files=64
)


async def cover(picture: Path, to: Path, fmt: Format) -> None:
    """Write a PNG in the size of a film: scaled until it covers it, and cut at its edges.

    Raises NotFound, Unreadable, StorageFull, StorageUnwritable, Transient.
    """
    request = {"picture": str(picture), "to": str(to), "format": asdict(fmt)}
    await children.run("ttv.media._cover_child", request, limits=_LIMITS)
