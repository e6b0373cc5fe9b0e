"""The built-in film-maker: reads a prompt and draws what it says, on the CPU, by seed.

``compose`` turns words into a Scene; ``Stage(scene, format, seed=...)`` draws its frames in
any order. Equal scene, seed and VERSION give equal pictures.
"""

from __future__ import annotations

from ttv.animatic._place import Place
from ttv.animatic._stage import Frame, Stage
from ttv.animatic._still import Still
from ttv.animatic._version import VERSION
from ttv.animatic._warm import warm
from ttv.animatic.language import compose
from ttv.animatic.scene import (
    Action,
    Camera,
    Framing,
    Move,
    Passage,
    RigKind,
    Scene,
    Season,
    Setting,
    Subject,
    TimeOfDay,
    Understanding,
    Weather,
)

__all__ = [
    "VERSION",
    "Action",
    "Camera",
    "Frame",
    "Framing",
    "Move",
    "Passage",
    "Place",
    "RigKind",
    "Scene",
    "Season",
    "Setting",
    "Stage",
    "Still",
    "Subject",
    "TimeOfDay",
    "Understanding",
    "Weather",
    "compose",
    "warm",
]
