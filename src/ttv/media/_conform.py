"""Bring a clip to the frames and the format that were asked for, from the event loop."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Limits
from ttv.media._clip import Clip
from ttv.media._format import Format
from ttv.media._mp4 import Coding
from ttv.media._told import clip_of

#: Changes whenever the same clip would be conformed to other bytes.
CONFORMING: Final = "1"

_LIMITS: Final = Limits(
    memory_bytes=4 << 30, cpu_seconds=600, wall_seconds=1_800, output_bytes=8 << 30, open_files=64
)
#: Clean enough that the second encoding of a clip does not show.
_CODING: Final = Coding(crf=17)


async def conform(
    source: Path, to: Path, fmt: Format, *, frames: int, leave_out: int = 0
) -> tuple[Clip, tuple[str, ...]]:
    """Write ``to``: the clip ``source`` in a format, with so many frames.

    The first ``leave_out`` frames do not count. Gives what the source is, and one sentence for
    each thing that had to be done to it. A source that is as it should be is moved, bytes and
    all. Raises NotFound, Unreadable, WrongLength, Transient.
    """
    found, told = await children.run(
        "ttv.media._conform_child",
        {
            "source": str(source),
            "to": str(to),
            "format": asdict(fmt),
            "frames": frames,
            "leave_out": leave_out,
            "coding": asdict(_CODING),
        },
        limits=_LIMITS,
    )
    return clip_of(source, found), told
