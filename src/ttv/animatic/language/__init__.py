"""Words to a Scene: a lexicon in data files, and a reader that accounts for every word."""

from __future__ import annotations

from ttv.animatic.language._colours import COLOURS, rgb

__all__ = ["COLOURS", "rgb"]
