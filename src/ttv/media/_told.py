"""What a child process tells of a clip."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ttv.children import Message
from ttv.media._clip import Clip


def told(clip: Clip) -> Message:
    """Put into a message what a clip is."""
    return {**asdict(clip), "path": str(clip.path)}


def clip_of(path: Path, message: Message) -> Clip:
    """Read back what the clip at a path is."""
    return Clip(**{**message, "path": path, "keyframes": tuple(message["keyframes"])})
