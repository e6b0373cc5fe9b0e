"""The port of the painters: what makes a keyframe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ttv.media import Format


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """A still to paint."""

    prompt: str
    format: Format
    seed: int
    camera: str | None = None
    framing: str | None = None
    #: Which frame of the scene to paint; more than 0 where a shot continues another.
    frame: int = 0


class Painter(Protocol):
    """Paints keyframes; opened and closed by ``wiring`` like every back end."""

    #: Name and version, part of every content address.
    model: str

    async def paint(self, request: KeyframeRequest, to: Path) -> tuple[str, ...]:
        """Write a PNG of exactly the requested size to ``to``; return warnings.

        Raises InvalidRequest, Transient or Permanent.
        """
