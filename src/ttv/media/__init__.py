"""The only room that runs libav: formats, encoding, probing, frames, joining, sound."""

from __future__ import annotations

from ttv.media._format import Format

__all__ = ["Format"]
