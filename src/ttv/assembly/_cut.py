"""What assembly is given: clips, and how each follows the one before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


class Transition(StrEnum):
    """How a clip follows the one before."""

    CUT = "cut"  #: At once.
    CROSSFADE = "crossfade"  #: The clips overlap and blend.
    FADE = "fade"  #: The clip before fades to black, then this one fades in.
    CONTINUE = "continue"  #: At once, and so that nobody sees it.


#: Transitions that use frames of the clip before as well.
BLENDING: Final = frozenset({Transition.CROSSFADE, Transition.FADE})


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
