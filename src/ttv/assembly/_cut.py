"""What assembly is given: clips, and how each follows the one before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ttv.media import Transition


@dataclass(frozen=True, slots=True)
class Cut:
    """One clip of the film."""

    clip: Path
    #: How many frames of it are used, overlap with the clip before included.
    frames: int
    transition: Transition = Transition.CUT
    #: Frames of overlap, or of each half of a fade; 0 for the other transitions.
    transition_frames: int = 0
    #: What the clip shows, in words; its sound is made of them.
    prompt: str = ""
