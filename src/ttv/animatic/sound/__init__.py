"""The sound of a film: quiet chords, and what one would hear at the place.

Like the pictures it is a function of scenes, seed and time alone. It is made in blocks, so a
long film needs no more memory than a short one.
"""

from __future__ import annotations

from ttv.animatic.sound._mix import Section, soundtrack

__all__ = ["Section", "soundtrack"]
