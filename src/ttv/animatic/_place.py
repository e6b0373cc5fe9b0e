"""Which frame of which scene a picture shows: what makes seams between segments exact."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Final, Self

from ttv.animatic._version import VERSION
from ttv.animatic.scene import Scene, Understanding
from ttv.media import Format

_TEXT: Final = re.compile(r"ttv-animatic ([0-9a-f]{32}) ([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Place:
    """A frame of a take; a take is one scene in one format with one seed."""

    take: str
    frame: int

    @classmethod
    def of(cls, scene: Scene, fmt: Format, *, seed: int) -> Self:
        """Give the first frame of a take. How the scene was put into words does not matter."""
        shown = asdict(replace(scene, understanding=Understanding()))
        take = json.dumps([VERSION, seed, asdict(fmt), shown], sort_keys=True)
        return cls(hashlib.sha256(take.encode()).hexdigest()[:32], 0)

    def later(self, frames: int) -> Self:
        """Give the frame that is so many frames later."""
        return replace(self, frame=self.frame + frames)

    def __str__(self) -> str:
        return f"ttv-animatic {self.take} {self.frame}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read a place back from its text; None when the text is about something else."""
        found = _TEXT.fullmatch(text)
        return cls(found[1], int(found[2])) if found else None
