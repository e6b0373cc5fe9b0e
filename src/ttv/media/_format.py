"""What a picture stream looks like: size and frame rate."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Self

from ttv.errors import InvalidRequest

MIN_SIDE: Final = 64
MAX_SIDE: Final = 4096
MAX_FPS: Final = 60
_SIZE: Final = re.compile(r"\s*(\d{1,6})[xX](\d{1,6})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Format:
    """Size in pixels and whole frames per second; a length is always counted in frames.

    Sides are even, since 4:2:0 video cannot hold an odd one.
    """

    width: int = 1280
    height: int = 720
    fps: int = 24

    def __post_init__(self) -> None:
        for name, side in (("width", self.width), ("height", self.height)):
            if not MIN_SIDE <= side <= MAX_SIDE:
                raise InvalidRequest(
                    f"{name} is {side}; it must be {MIN_SIDE} to {MAX_SIDE} pixels", param="size"
                )
            if side % 2:
                raise InvalidRequest(f"{name} is {side}; it must be even", param="size")
        if not 1 <= self.fps <= MAX_FPS:
            raise InvalidRequest(f"fps is {self.fps}; it must be 1 to {MAX_FPS}", param="fps")

    @property
    def size(self) -> str:
        """Give the size as ``1280x720``."""
        return f"{self.width}x{self.height}"

    def altered(self, *, size: str | None = None, fps: int | None = None) -> Self:
        """Give this format with the size (``1280x720``) or the frame rate that somebody named.

        Raises InvalidRequest naming the one that cannot be.
        """
        width, height = (self.width, self.height) if size is None else _sides(size)
        rate = self.fps if fps is None else fps
        return replace(self, width=width, height=height, fps=rate)

    def frames(self, seconds: float) -> int:
        """Count the whole frames nearest to a length in seconds, at least one."""
        return max(1, round(seconds * self.fps))

    def seconds(self, frames: int) -> float:
        """Give the length of that many frames in seconds."""
        return frames / self.fps


def _sides(size: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(size)
    if match is None:
        raise InvalidRequest("size must look like 1280x720 (width x height)", param="size")
    return int(match[1]), int(match[2])
