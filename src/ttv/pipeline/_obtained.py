"""Obtained: what an engine gave for a segment, before anything was done to it."""

from __future__ import annotations

from dataclasses import dataclass

from ttv.generators import SegmentRequest
from ttv.media import Clip


@dataclass(frozen=True, slots=True)
class Obtained:
    """What came with a segment, whose clip is as its engine made it."""

    warnings: tuple[str, ...]
    #: Millionths of a US dollar.
    cost: int
    #: Hash and size of the clip.
    sha256: str
    bytes: int

    def facts(self, request: SegmentRequest, clip: Clip, *, engine: str) -> dict[str, object]:
        """Tell of the segment for the manifest: what it is, what was asked for, what came."""
        picture = request.format
        seconds = picture.seconds(request.frames)
        return {
            "frames": request.frames,
            "seconds": seconds,
            "size": picture.size,
            "engine": engine,
            "requested": {
                "frames": request.frames,
                "size": picture.size,
                "fps": picture.fps,
                "seconds": round(seconds, 3),
            },
            "delivered": {
                "codec": clip.codec,
                "frames": clip.frames,
                "size": clip.size,
                "fps": round(clip.fps, 3),
                "seconds": round(clip.seconds, 3),
                "has_audio": clip.has_audio,
                "sha256": self.sha256,
                "bytes": self.bytes,
            },
            **({"cost": self.cost} if self.cost else {}),
        }
