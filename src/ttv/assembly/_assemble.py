"""Assemble a film from the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from ttv import children
from ttv.assembly._cut import Cut
from ttv.assembly._timeline import timeline
from ttv.children import Limits
from ttv.media import Format

#: Changes whenever equal clips would give another film.
VERSION: Final = 3

_MEMORY_BYTES: Final = 4 << 30
_START_SECONDS: Final = 60
_SECONDS_PER_FRAME: Final = 1
#: More than any film here has; a full disk is met before.
_OUTPUT_BYTES: Final = 64 << 30


@dataclass(frozen=True, slots=True)
class Film:
    """What was made."""

    format: Format
    frames: int
    #: Frames that are, bit by bit, those of the clips.
    copied_frames: int
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the facts for the manifest."""
        return {
            "frames": self.frames,
            "seconds": round(self.format.seconds(self.frames), 3),
            "size": self.format.size,
            "fps": self.format.fps,
            "copied_frames": self.copied_frames,
            "encoded_frames": self.frames - self.copied_frames,
        }


async def assemble(
    cuts: Sequence[Cut],
    fmt: Format,
    *,
    film: Path,
    poster: Path,
    seed: int,
    tags: Mapping[str, str],
    soundtrack: Path | None = None,
    report: Callable[[float, str], None],
) -> Film:
    """Write the film with its sound to ``film`` and a PNG of its first shot to ``poster``.

    ``tags`` are what the film says of itself ("title", "comment"); with none, it does not tell
    how it was encoded either. ``soundtrack`` is heard instead of the sound of the scenes, as long
    as it lasts. Both files must be in folders that are there. Cancelling the call ends all work
    and leaves no half film. Raises InvalidRequest for transitions longer than their shot,
    Permanent for a clip that is damaged or has too few frames, or needs more than it may,
    StorageFull, StorageUnwritable, Transient.
    """
    frames = sum(piece.frames for piece in timeline(cuts))
    seconds = _START_SECONDS + _SECONDS_PER_FRAME * frames
    request = {
        "cuts": [{**asdict(cut), "clip": str(cut.clip)} for cut in cuts],
        "format": asdict(fmt),
        "film": str(film),
        "poster": str(poster),
        "seed": seed,
        "tags": dict(tags),
        "soundtrack": str(soundtrack) if soundtrack else None,
    }
    spliced, warnings = await children.run(
        "ttv.assembly._child",
        request,
        limits=Limits(
            _MEMORY_BYTES, seconds, wall_seconds=4.0 * seconds, output_bytes=_OUTPUT_BYTES
        ),
        listener=lambda fraction, _: report(fraction, "joining the shots"),
    )
    return Film(fmt, spliced["frames"], spliced["copied_frames"], warnings)
