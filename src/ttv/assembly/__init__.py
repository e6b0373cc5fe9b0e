"""From segments to a film."""

from __future__ import annotations

from ttv.assembly._assemble import VERSION, Film, assemble
from ttv.assembly._cut import Cut

__all__ = ["VERSION", "Cut", "Film", "assemble"]
