"""How the clips of a film are called in an archive and by what refers to it."""

from __future__ import annotations


def clip_name(number: int, count: int) -> str:
    """Name the clip of a shot, counted from 1, so that names sort as the shots do."""
    return f"shot-{number:0{max(2, len(str(count)))}}.mp4"
