"""Look into clips from the event loop; a hostile clip can only harm a child process."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Limits, OverLimit
from ttv.media._clip import Clip
from ttv.media._errors import Unreadable
from ttv.media._told import clip_of

#: For reading packets alone: enough for minutes of the largest picture.
_PROBE_LIMITS: Final = Limits(
    memory_bytes=416 << 20, cpu_seconds=2, wall_seconds=10, output_bytes=1 << 20, open_files=32
)
_LIMITS: Final = Limits(
    memory_bytes=4 << 30, cpu_seconds=300, wall_seconds=900, output_bytes=1 << 30, open_files=64
)


async def inspect(clip: Path) -> Clip:
    """Probe a clip. Raises NotFound, Unreadable, or Transient when the child crashed."""
    try:
        return await _ask(clip, None, limits=_PROBE_LIMITS)
    except OverLimit as error:
        raise Unreadable(f"{clip.name} cannot be read: {error.message}") from error


async def save_last_frame(clip: Path, to: Path) -> Clip:
    """Write the last frame of a clip as PNG and return what the clip is.

    The PNG's tags "comment" and "frame" hold the clip's comment and the number of the frame.
    """
    return await _ask(clip, to, limits=_LIMITS)


async def _ask(clip: Path, last_frame: Path | None, *, limits: Limits) -> Clip:
    request = {"clip": str(clip), "last_frame": str(last_frame) if last_frame else None}
    found, _ = await children.run("ttv.media._child", request, limits=limits)
    return clip_of(clip, found)
