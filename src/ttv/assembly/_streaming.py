"""Make one shot watchable by itself, before the film is there."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Final

from ttv import children
from ttv.assembly._cut import Cut
from ttv.children import Limits
from ttv.media import Format

_LIMITS: Final = Limits(
    memory_bytes=4 << 30, cpu_seconds=300, wall_seconds=1_200, output_bytes=8 << 30
)


async def stream(cut: Cut, fmt: Format, to: Path, *, seed: int) -> bool:
    """Write a clip as a piece of a stream: its packets copied, with the sound of its place.

    Gives False, and writes nothing, for a clip that cannot be in a stream as it is. Raises
    Unreadable, the storage errors and Transient.
    """
    request = {
        "cut": {**asdict(cut), "clip": str(cut.clip)},
        "format": asdict(fmt),
        "to": str(to),
        "seed": seed,
    }
    made, _ = await children.run("ttv.assembly._streaming_child", request, limits=_LIMITS)
    return bool(made["written"])
