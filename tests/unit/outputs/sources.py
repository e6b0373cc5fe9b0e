"""Films that are told, not made."""

from __future__ import annotations

from pathlib import Path

from ttv.media import Transition
from ttv.outputs import Shot, Source

FPS = 10


def told(*words: str, frames: int = 30) -> Source:
    """Describe a film of shots of equal length, cut to cut."""
    shots = (Shot(text, at * frames, frames, frames) for at, text in enumerate(words))
    return Source(Path("film.mp4"), FPS, tuple(shots))


def joined(transition: Transition, frames: int) -> Source:
    """Describe a film of two shots of 30 frames with a transition between them."""
    overlap = frames if transition is Transition.CROSSFADE else 0
    cut = 30 - overlap + overlap // 2
    first = Shot("one", 0, cut, 30)
    second = Shot("two", cut, 60 - overlap - cut, 30, overlap // 2, transition, frames)
    return Source(Path("film.mp4"), FPS, (first, second))
