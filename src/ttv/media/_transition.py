"""How one clip follows another."""

from __future__ import annotations

from enum import StrEnum


class Transition(StrEnum):
    """How a shot follows the one before it."""

    CUT = "cut"  #: The picture changes at once.
    CROSSFADE = "crossfade"  #: The two shots overlap and blend.
    FADE = "fade"  #: The shot before fades to black, then this one fades in; nothing overlaps.
    CONTINUE = "continue"  #: No cut: this shot goes on from the last frame of the one before.

    @property
    def takes_time(self) -> bool:
        """Tell whether the transition lasts some frames."""
        return self in (Transition.CROSSFADE, Transition.FADE)
