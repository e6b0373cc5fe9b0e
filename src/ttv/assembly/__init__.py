"""From segments to a film."""

from __future__ import annotations

from ttv.assembly._assemble import VERSION, Film, assemble
from ttv.assembly._cut import Cut
from ttv.assembly._streaming import stream
from ttv.assembly._timeline import sections

__all__ = ["VERSION", "Cut", "Film", "assemble", "sections", "stream"]
